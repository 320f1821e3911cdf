import { randomUUID } from 'node:crypto';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { UpgradeResponse } from '../protocol/handshake/upgrade-response.js';

/** What an open connection keeps of its handshake. */
export class UpgradeRecord {
  #id: string | undefined;

  constructor(
    readonly request: UpgradeRequest,
    readonly response: UpgradeResponse,
    /** Frozen, with a null prototype; one shared empty object where the path has no variables. */
    readonly pathParameters: Readonly<Record<string, string>>,
    /** Whatever the authorisation hook answered with. */
    readonly principal: unknown,
  ) {}

  /** Unique and not to be guessed; made when it is first asked for, since most connections never are. */
  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }
}
