import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { ResponseHeaders } from '../protocol/handshake/upgrade-response.js';
import { checkIsObject } from '../protocol/invalid-argument.js';

/** What an authorisation hook is told beside the request. */
export interface AuthorizationContext {
  /** The name of the endpoint's class. */
  readonly endpoint: string;
  /** The decoded variables of the endpoint's path. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Fires when the answer is no longer wanted: the peer left, the handshake's time is up, the container closes. */
  readonly signal: AbortSignal;
}

/**
 * Decides, before the upgrade, who may connect.
 *
 * What it returns becomes `session.principal`: any value but `false`, `null` and `undefined`, which refuse with 403, so
 * that a look-up that finds nobody lets nobody in. `refuse(status)` refuses with another answer, `accept(principal, …)`
 * adds header fields to the 101. It may be asynchronous, within the container's `handshakeTimeout`. What it throws is
 * reported, and answered with a 500 that says nothing of it.
 *
 * @example
 * new WebSocketContainer({
 *   server,
 *   authorize: async (request) => (await users.bySession(request.cookies.sid)) ?? refuse(401),
 * });
 */
export type AuthorizeHook = (request: UpgradeRequest, context: AuthorizationContext) => unknown;

/** The answer of `refuse`: the upgrade is declined with an HTTP status. */
export class UpgradeRefusal {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string | undefined;
  readonly reason: string | undefined;

  constructor(status: number, headers: ResponseHeaders, body: string | undefined, reason?: string) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.reason = reason;
  }
}

/** The answer of `accept`: the upgrade goes ahead, with header fields of its own. */
export class UpgradeApproval {
  readonly principal: unknown;
  readonly headers: ResponseHeaders;

  constructor(principal: unknown, headers: ResponseHeaders) {
    this.principal = principal;
    this.headers = headers;
  }
}

export interface RefuseOptions {
  /** Header fields of the response. */
  readonly headers?: ResponseHeaders;
  /** Its text; the status's reason phrase where none is given. Browsers don't show it to the page. */
  readonly body?: string;
  /** Why, for the `reason` of the container's `upgrade-refused` event; never sent. */
  readonly reason?: string;
}

export interface AcceptOptions {
  /** Header fields of the 101, such as `Set-Cookie`; a list is sent as one field for each value. */
  readonly headers?: ResponseHeaders;
}

/**
 * Refuses an upgrade from an authorisation hook or a creator.
 *
 * @param status 300 to 599; anything else is a mistake of the hook, answered with 500.
 * @example return refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' }, reason: 'the token has expired' });
 */
export function refuse(status: number, options: RefuseOptions = {}): UpgradeRefusal {
  checkIsObject('refuse(status, options)', options);
  return new UpgradeRefusal(status, options.headers ?? {}, options.body, options.reason);
}

/**
 * Accepts an upgrade from an authorisation hook and adds header fields to its response. Without any, returning the
 * principal itself is the same.
 *
 * @example return accept(user, { headers: { 'Set-Cookie': `sid=${user.sid}; HttpOnly; Secure; SameSite=Strict` } });
 */
export function accept(principal: unknown, options: AcceptOptions = {}): UpgradeApproval {
  checkIsObject('accept(principal, options)', options);
  return new UpgradeApproval(principal, options.headers ?? {});
}
