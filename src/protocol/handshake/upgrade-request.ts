import { parseCookies } from './cookies.js';
import type { ExtensionOffer } from './extension-offer.js';
import { parseExtensions, parseTokenList } from './headers.js';
import { authorityOf, pathOf, queryOf, type RequestHead } from './request-head.js';

/** Lines of the stored text that come before the header fields: method, request-target, HTTP version. */
const REQUEST_LINES = 3;

/**
 * The HTTP request that asked for the upgrade, read-only.
 *
 * It lives as long as its connection, so it is one flat string and nothing else: every property is derived when it is
 * read, and what is worth keeping is worth a variable.
 *
 * @example
 * onConnect(session: Session) {
 *   const { path, query, cookies } = session.upgradeRequest;
 *   const user = users.get(cookies.sid ?? '');
 * }
 */
export class UpgradeRequest {
  readonly #text: string;
  /** Whether the connection to this server is TLS. Behind a proxy that terminates TLS it is not: see that proxy's headers. */
  readonly isSecure: boolean;

  private constructor(text: string, isSecure: boolean) {
    this.#text = text;
    this.isSecure = isSecure;
  }

  /** Made from what an HTTP parser gives; keeps no reference to it. */
  static from(head: RequestHead): UpgradeRequest {
    // Joined, not concatenated: a concatenation would keep its pieces alive until somebody reads it.
    const text = [head.method, head.url, head.httpVersion, ...head.rawHeaders].join('\n');
    return new UpgradeRequest(text, head.secure);
  }

  /** `GET`: nothing else can ask for an upgrade by RFC 6455. */
  get method(): string {
    return this.#line(0);
  }

  /** The request-target as it was sent, path and query: `/chat/blue?name=Ann`. */
  get url(): string {
    return this.#line(1);
  }

  /** The path as it was sent, percent-encoding and all, without the query. The decoded variables are the session's `pathParameters`. */
  get path(): string {
    return pathOf(this.url);
  }

  /** The query as it was sent, without the `?`; empty when there is none. */
  get queryString(): string {
    return queryOf(this.url);
  }

  /** The query, decoded. A new object at each read. */
  get query(): URLSearchParams {
    return new URLSearchParams(this.queryString);
  }

  /** `1.1`. */
  get httpVersion(): string {
    return this.#line(2);
  }

  /** Names and values alternating, in the order and spelling of the wire. */
  get rawHeaders(): readonly string[] {
    return this.#text.split('\n').slice(REQUEST_LINES);
  }

  /** All header fields, names in lower case, repeated ones joined as by {@link header}. Without a prototype; a new object at each read. */
  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = Object.create(null);
    const fields = this.rawHeaders;
    for (let i = 0; i < fields.length; i += 2) {
      const name = (fields[i] as string).toLowerCase();
      const value = fields[i + 1] as string;
      const before = headers[name];
      headers[name] = before === undefined ? value : before + separator(name) + value;
    }
    return headers;
  }

  /** The value of a header field, by a name in any case; repeated fields joined by `, ` (cookies by `; `), `undefined` when absent. */
  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(separator(name.toLowerCase()));
  }

  /** The values of a header field, by a name in any case, one for each time it was sent. */
  headerValues(name: string): string[] {
    const wanted = name.toLowerCase();
    const fields = this.rawHeaders;
    const values: string[] = [];
    for (let i = 0; i < fields.length; i += 2) {
      if ((fields[i] as string).toLowerCase() === wanted) {
        values.push(fields[i + 1] as string);
      }
    }
    return values;
  }

  /** The cookies by name, percent-decoded where they can be; of a repeated name the first. Without a prototype; a new object at each read. */
  get cookies(): Readonly<Record<string, string>> {
    return parseCookies(this.header('cookie') ?? '');
  }

  /** The `Origin` header: the page that opened the connection, in a browser. `undefined` from most other clients. */
  get origin(): string | undefined {
    return this.header('origin');
  }

  /** The host and port that was asked for, as the client wrote it. RFC 9112 §3.2.2: an absolute request-target outranks the `Host` header. */
  get host(): string | undefined {
    return authorityOf(this.url) ?? this.header('host');
  }

  /** The subprotocols the client offered, in its order of preference. */
  get subprotocols(): readonly string[] {
    const value = this.header('sec-websocket-protocol');
    return value === undefined ? [] : (parseTokenList(value) ?? []);
  }

  /** The extensions the client offered, in its order of preference. */
  get extensions(): readonly ExtensionOffer[] {
    const value = this.header('sec-websocket-extensions');
    return value === undefined ? [] : (parseExtensions(value) ?? []);
  }

  #line(index: number): string {
    let start = 0;
    for (let i = 0; i < index; i++) {
      start = this.#text.indexOf('\n', start) + 1;
    }
    const end = this.#text.indexOf('\n', start);
    return this.#text.slice(start, end === -1 ? undefined : end);
  }
}

function separator(lowerCaseName: string): string {
  return lowerCaseName === 'cookie' ? '; ' : ', ';
}
