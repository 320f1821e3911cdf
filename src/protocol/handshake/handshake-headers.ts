import { equalsIgnoringCase } from './headers.js';

/**
 * The header fields an opening handshake is decided by, picked out in one pass. It lives for the time of the check.
 *
 * Lists that were sent in several fields are joined (RFC 9110 §5.3); of what may be sent once only, the first value is
 * kept and the repetition noted.
 */
export class HandshakeHeaders {
  upgrade: string | undefined;
  connection: string | undefined;
  version: string | undefined;
  key: string | undefined;
  protocols: string | undefined;
  extensions: string | undefined;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  host: string | undefined;
  origin: string | undefined;
  versionRepeated = false;
  keyRepeated = false;
  hostRepeated = false;
  originRepeated = false;

  constructor(rawHeaders: readonly string[]) {
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      this.#take(rawHeaders[i] as string, rawHeaders[i + 1] as string);
    }
  }

  /** The length of a name rules out nearly every other field, before a character of it is read. */
  #take(name: string, value: string): void {
    switch (name.length) {
      case 4:
        if (equalsIgnoringCase(name, 'host')) {
          this.hostRepeated = this.host !== undefined;
          this.host ??= value;
        }
        break;
      case 6:
        if (equalsIgnoringCase(name, 'origin')) {
          this.originRepeated = this.origin !== undefined;
          this.origin ??= value;
        }
        break;
      case 7:
        if (equalsIgnoringCase(name, 'upgrade')) {
          this.upgrade = joined(this.upgrade, value);
        }
        break;
      case 10:
        if (equalsIgnoringCase(name, 'connection')) {
          this.connection = joined(this.connection, value);
        }
        break;
      case 14:
        if (equalsIgnoringCase(name, 'content-length')) {
          this.contentLength = joined(this.contentLength, value);
        }
        break;
      case 17:
        if (equalsIgnoringCase(name, 'sec-websocket-key')) {
          this.keyRepeated = this.key !== undefined;
          this.key ??= value;
        } else if (equalsIgnoringCase(name, 'transfer-encoding')) {
          this.transferEncoding = joined(this.transferEncoding, value);
        }
        break;
      case 21:
        if (equalsIgnoringCase(name, 'sec-websocket-version')) {
          this.versionRepeated = this.version !== undefined;
          this.version ??= value;
        }
        break;
      case 22:
        if (equalsIgnoringCase(name, 'sec-websocket-protocol')) {
          this.protocols = joined(this.protocols, value);
        }
        break;
      case 24:
        if (equalsIgnoringCase(name, 'sec-websocket-extensions')) {
          this.extensions = joined(this.extensions, value);
        }
        break;
    }
  }
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
