import { checkHeaders, formatHeaders } from './response-headers.js';
import type { ResponseHeaders } from './upgrade-response.js';

/** An upgrade that is answered with an HTTP error and the end of the connection. */
export interface Refusal {
  readonly status: number;
  /** Header fields beyond `Connection`, `Content-Type` and `Content-Length`. */
  readonly headers: ResponseHeaders;
  /** What the peer reads: short and fixed, nothing of its request in it. */
  readonly body: string;
  /** What happened, for the container's report and never for the peer. */
  readonly report: string;
}

/** The reason phrases of RFC 9110 §15 and RFC 6585 that a refusal is likely to need; the phrase may be empty for others. */
const REASONS: Readonly<Record<number, string>> = Object.freeze({
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
});

const NO_HEADERS: ResponseHeaders = Object.freeze({});

/** Field names that `refusalResponse` writes itself; a refusal may bring its own `Content-Type`. */
const RESERVED = ['connection', 'content-length', 'transfer-encoding', 'keep-alive'] as const;

/** The reason phrase of a status; empty for one that has none here. */
export function reasonPhrase(status: number): string {
  return REASONS[status] ?? '';
}

/** A refusal with the reason phrase as its body, unless another is given. */
export function refuse(
  status: number,
  report: string,
  headers: ResponseHeaders = NO_HEADERS,
  body = `${reasonPhrase(status)}\n`,
): Refusal {
  return { status, headers, body, report };
}

/** Tells a refusal from the value that stands for success. */
export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'report' in value;
}

/**
 * The complete HTTP response of a refusal, to be written as UTF-8 and followed by the end of the connection.
 *
 * @throws HandshakeError `MOORAGE_INVALID_HEADER` for a header field that can't be sent or isn't the refusal's to set,
 *   RangeError for a status that is no refusal (300 to 599).
 */
export function refusalResponse(refusal: Refusal): string {
  const { status, headers, body } = refusal;
  if (!Number.isInteger(status) || status < 300 || status > 599) {
    throw new RangeError(
      `An upgrade can't be refused with status ${status}: use one from 300 to 599, such as 401 or 403.`,
    );
  }
  checkHeaders(headers, RESERVED);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return (
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nConnection: close\r\n` +
    (hasType ? '' : 'Content-Type: text/plain; charset=utf-8\r\n') +
    `Content-Length: ${Buffer.byteLength(body)}\r\n${formatHeaders(headers)}\r\n${body}`
  );
}
