/** Header fields by name; a list is sent as one field for each value (`Set-Cookie`). */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

const NO_HEADERS: ResponseHeaders = Object.freeze(Object.create(null));

/** The answer that opened the connection, read-only. */
export class UpgradeResponse {
  /** The answer of most connections: no subprotocol, no extension, nothing added. One value for all of them. */
  static readonly plain = new UpgradeResponse(undefined, '', NO_HEADERS);

  /** The subprotocol in use, `undefined` for none. */
  readonly subprotocol: string | undefined;
  /** The extensions in use, as the text of `Sec-WebSocket-Extensions`; empty for none. */
  readonly extensions: string;
  /** The header fields the application added, as it wrote them. */
  readonly headers: ResponseHeaders;

  constructor(subprotocol: string | undefined, extensions: string, headers: ResponseHeaders = NO_HEADERS) {
    this.subprotocol = subprotocol;
    this.extensions = extensions;
    this.headers = headers;
  }

  /** 101 Switching Protocols, for every connection that is open. */
  get statusCode(): 101 {
    return 101;
  }
}
