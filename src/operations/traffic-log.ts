import type { IncomingUpgrade, Instrument, UpgradeObserver } from '../server/instrument.js';
import { LoggedSession, type TrafficLogOptions } from './logged-session.js';
import { checkOptions, FUNCTION } from './options.js';
import { quoted, shownText } from './payload-excerpt.js';

const DEFAULT_PAYLOAD = 256;
const LARGEST_PAYLOAD = 16 * 1024;
/** Of a request's path. */
const SHOWN_PATH = 512;

const RULES = {
  write: FUNCTION,
  maxPayload: {
    accepts: (value: unknown) =>
      Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_PAYLOAD,
    accepted: `a whole number of bytes from 0 to ${LARGEST_PAYLOAD}`,
  },
  redact: FUNCTION,
  only: FUNCTION,
};

/**
 * Writes down what goes over connections, a line for each message, heartbeat, Close, failure, upgrade and end. Everything
 * that a peer has written is cut, and escaped so that it can't pass for a line of its own or move the reader's cursor.
 * The engine's own frames (the pong to a ping, keep-alive) are not shown.
 *
 * ```
 * #7 ChatMember open "/chat/blue" 10.0.0.9 70b5ab3e-…
 * #7 ChatMember < text 5 "hello"
 * #7 ChatMember > text 3000 "Lorem ipsum dolor…"
 * #7 ChatMember < binary 3 <01 02 ff>
 * #7 ChatMember closed 1000 "bye"
 * ```
 *
 * @example
 * const traffic = new TrafficLog({
 *   write: (line) => logger.debug(line),
 *   redact: (payload) => (typeof payload === 'string' ? payload.replace(/"token":"[^"]*"/g, '"token":"…"') : payload),
 * });
 */
export class TrafficLog implements Instrument {
  readonly wantsControlFrames = true;
  readonly #options: TrafficLogOptions & { readonly maxPayload: number };
  #count = 0;

  /** @throws ConfigurationError that lists every unknown or unusable option. */
  constructor(options: TrafficLogOptions) {
    checkOptions('TrafficLog', options, RULES, 'write');
    this.#options = { ...options, maxPayload: options.maxPayload ?? DEFAULT_PAYLOAD };
  }

  /** For the container. */
  upgrade({ request, endpoint, remoteAddress }: IncomingUpgrade): UpgradeObserver {
    const { write, only } = this.#options;
    // Without its query: that is where tokens stand.
    const asked = (): string => `${shownText(Buffer.from(request.path), SHOWN_PATH)} ${remoteAddress ?? '-'}`;
    return {
      refused(status, reason) {
        if (only === undefined) {
          write(`- ${endpoint} refused ${status} ${asked()} ${quoted(reason)}`);
        }
      },
      opened: (session, served) => {
        if (only !== undefined && !only(session, served)) {
          return undefined;
        }
        this.#count += 1;
        const name = `#${this.#count} ${served}`;
        write(`${name} open ${asked()} ${session.id}`);
        return new LoggedSession(name, session, served, this.#options);
      },
    };
  }
}
