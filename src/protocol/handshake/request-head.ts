/** The head of an HTTP request as a parser gives it; a `node:http` IncomingMessage has all of it but `secure`. */
export interface RequestHead {
  readonly method: string;
  /** The request-target as sent: origin-form (`/chat?x=1`) or absolute-form (`ws://host/chat?x=1`). */
  readonly url: string;
  /** `1.1`, as in IncomingMessage.httpVersion. */
  readonly httpVersion: string;
  /** Names and values alternating, in the order and spelling of the wire, free of CR, LF and NUL. */
  readonly rawHeaders: readonly string[];
  /** Whether this side's own transport is TLS. */
  readonly secure: boolean;
}

/** What an absolute-form begins with, of the schemes that can mean this server. */
const ABSOLUTE = /^(?:ws|http)s?:\/\//i;

/** Where the authority of an absolute-form begins; -1 for every other form. */
function authorityStart(url: string): number {
  return url.charCodeAt(0) === 0x2f ? -1 : (ABSOLUTE.exec(url)?.[0].length ?? -1);
}

/** Where the path of an origin-form or absolute-form begins; -1 when there is none (`*`, `host:port`). */
function pathStart(url: string): number {
  if (url.charCodeAt(0) === 0x2f) {
    return 0;
  }
  // RFC 9112 §3.2.2: a server must accept the absolute-form in requests.
  const authority = authorityStart(url);
  if (authority === -1) {
    return -1;
  }
  const slash = url.indexOf('/', authority);
  const query = queryStart(url);
  return slash === -1 || slash > query ? query : slash;
}

function queryStart(url: string): number {
  const mark = url.indexOf('?');
  return mark === -1 ? url.length : mark;
}

/** The raw path of a request-target, without its query: `/` for an absolute-form without one, empty where there is none at all (`*`). */
export function pathOf(url: string): string {
  const start = pathStart(url);
  return start === -1 ? '' : url.slice(start, queryStart(url)) || '/';
}

/** What follows the first `?` of a request-target, or an empty string. */
export function queryOf(url: string): string {
  return url.slice(queryStart(url) + 1);
}

/** The authority of an absolute-form request-target; `undefined` for every other form. */
export function authorityOf(url: string): string | undefined {
  const start = authorityStart(url);
  return start === -1 ? undefined : url.slice(start, pathStart(url));
}
