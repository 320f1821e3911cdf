import { CloseCode } from '../protocol/close-code.js';
import { CloseError, MoorageError } from '../protocol/errors.js';

/**
 * A class or object that can't be an endpoint. The message lists everything that is wrong with it, so that one run is
 * enough: the method, what was found, the forms that are accepted and the mend. Code `MOORAGE_INVALID_ENDPOINT`.
 */
export class EndpointError extends MoorageError {
  override readonly name = 'EndpointError';
  /** One text for each thing that is wrong. */
  readonly problems: readonly string[];

  constructor(endpoint: string, problems: readonly string[]) {
    super('MOORAGE_INVALID_ENDPOINT', listed(`${endpoint} can't be registered as a WebSocket endpoint`, problems));
    this.problems = problems;
  }
}

/** Options that are unknown, of the wrong type or out of range, all of them at once. Code `MOORAGE_INVALID_OPTION`. */
export class ConfigurationError extends MoorageError {
  override readonly name = 'ConfigurationError';
  /** One text for each thing that is wrong. */
  readonly problems: readonly string[];

  constructor(where: string, problems: readonly string[]) {
    super('MOORAGE_INVALID_OPTION', listed(`${where} can't be used`, problems));
    this.problems = problems;
  }
}

/** A message handler returned what can't be sent. Code `MOORAGE_INVALID_REPLY`; ends the connection with 1011, as any failure of a handler does. */
export class InvalidReplyError extends MoorageError {
  override readonly name = 'InvalidReplyError';

  constructor(message: string) {
    super('MOORAGE_INVALID_REPLY', message);
  }
}

/** A message of a kind that the endpoint has no handler for. Code `MOORAGE_UNSUPPORTED_DATA`; ends the connection with 1003. */
export class UnsupportedDataError extends CloseError {
  override readonly name = 'UnsupportedDataError';

  constructor(message: string) {
    super(CloseCode.UnsupportedData, 'Unsupported data', { code: 'MOORAGE_UNSUPPORTED_DATA', message });
  }
}

function listed(headline: string, problems: readonly string[]): string {
  return `${headline}:\n${problems.map((problem) => `  - ${problem.replaceAll('\n', '\n    ')}`).join('\n')}`;
}
