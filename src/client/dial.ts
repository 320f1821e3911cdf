import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { RequestHeaders, ResponseHead } from '../protocol/handshake/client-handshake.js';
import { UpgradeError } from '../protocol/handshake/upgrade-error.js';
import { ConnectError, HandshakeTimeoutError } from './errors.js';
import type { Hop } from './hop.js';

/** What a server answered. */
export interface Answer {
  readonly head: ResponseHead;
  /** The beginning of the body of anything but an upgrade. */
  readonly body: string;
  readonly upgraded: UpgradedTransport | undefined;
}

/** A transport that HTTP has let go of. Its errors are ignored until `release`, so that they harm nobody. */
export interface UpgradedTransport {
  readonly socket: Duplex;
  /** What came in the same packet as the answer. */
  readonly firstBytes: Buffer;
  /** To be called by whoever listens from now on. */
  release(): void;
}

type HttpsOptions = RequestOptions & Pick<ConnectionOptions, 'ALPNProtocols'>;

/** Bytes of a response's head. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Bytes of a refusal's body that are read. */
const MAX_BODY_BYTES = 4 * 1024;
/** Interim answers (1xx) before the final one. */
const MAX_INTERIM_ANSWERS = 64;

/**
 * Sends one request and gives the answer, whatever it is. Uses `node:http`, so that agents (and with them proxies) and
 * TLS options are what Node's users know. The connection is never shared: none is taken from a pool, none is put back.
 *
 * @param signal ends it at every stage; its reason is what the promise is rejected with.
 * @throws ConnectError when there was no answer, UpgradeError when there was one that is no HTTP or too large.
 */
export function dial(hop: Hop, fields: RequestHeaders, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = send(hop, fields);
    const exchange = new Exchange(request, hop, (settle) => {
      signal.removeEventListener('abort', onAbort);
      settle(resolve, reject);
    });
    const onAbort = () => exchange.abort(signal.reason);
    signal.addEventListener('abort', onAbort);
    request.end();
  });
}

function send({ target, tls, agent, socketPath }: Hop, fields: RequestHeaders): ClientRequest {
  const options = {
    host: target.hostname,
    port: target.port,
    path: target.path,
    method: 'GET',
    headers: { ...fields } as Record<string, string | string[]>,
    setHost: false,
    agent: agent ?? (false as const),
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    ...(socketPath === undefined ? {} : { socketPath }),
  };
  try {
    if (!target.secure) {
      return httpRequest(options);
    }
    // A server that would rather speak HTTP/2 must be told that this is HTTP/1.1.
    const secureOptions: HttpsOptions = { ...tls, ...options, ALPNProtocols: ['http/1.1'] };
    return httpsRequest(secureOptions);
  } catch (cause) {
    throw connectError(cause, target.href);
  }
}

type Settle = (resolve: (answer: Answer) => void, reject: (cause: unknown) => void) => void;

/** One request and its answer. It settles once; after that nothing that happens to the request matters. */
class Exchange {
  readonly #request: ClientRequest;
  readonly #where: string;
  #done: ((settle: Settle) => void) | undefined;
  #response: IncomingMessage | undefined;
  #body: Buffer[] = [];
  #bodyLength = 0;
  #interim = 0;

  constructor(request: ClientRequest, { target }: Hop, settled: (settle: Settle) => void) {
    this.#request = request;
    this.#where = target.href;
    this.#done = settled;
    // Node would drop fields past its own count without a word; the size bounds them, and the verification counts them.
    request.maxHeadersCount = 0;
    request.on('upgrade', (response, socket, firstBytes) => this.#upgraded(response, socket, firstBytes));
    request.on('response', (response) => this.#answered(response));
    request.on('information', (info) => this.#informed(info));
    request.on('error', (cause) => this.#failed(cause));
    request.on('close', () => this.#failed(new Error('The connection was closed')));
  }

  /** Without waiting for the request, which can't end itself while an agent keeps it waiting for a connection. */
  abort(reason: unknown): void {
    if (this.#response !== undefined && reason instanceof HandshakeTimeoutError) {
      // A refusal whose body never ends says more than that the time is up.
      this.#refused(this.#response);
    } else {
      this.#reject(reason);
    }
    this.#request.destroy();
  }

  #upgraded(head: IncomingMessage, socket: Duplex, firstBytes: Buffer): void {
    const ignore = () => undefined;
    socket.on('error', ignore);
    if (this.#done === undefined) {
      socket.destroy();
      return;
    }
    if (socket instanceof Socket) {
      // Small frames must not wait for company, and a timeout that an agent has set is not ours.
      socket.setNoDelay(true);
      socket.setTimeout(0);
    }
    const upgraded = { socket, firstBytes, release: () => void socket.off('error', ignore) };
    this.#resolve({ head: headOf(head), body: '', upgraded });
  }

  /** Interim answers (RFC 9110 §15.2). A 101 comes here when Node finds no upgrade in it. */
  #informed(info: { statusCode: number; httpVersion: string; rawHeaders: string[] }): void {
    this.#interim += 1;
    if (info.statusCode === 101) {
      this.#resolve({ head: headOf(info), body: '', upgraded: undefined });
      this.#request.destroy();
    } else if (this.#interim > MAX_INTERIM_ANSWERS) {
      this.#reject(
        new UpgradeError(
          'MOORAGE_RESPONSE_TOO_LARGE',
          `The server sent more than ${MAX_INTERIM_ANSWERS} interim answers (1xx) and no final one.`,
          info,
        ),
      );
      this.#request.destroy();
    }
  }

  #answered(response: IncomingMessage): void {
    this.#response = response;
    response.on('data', (chunk: Buffer) => {
      this.#body.push(chunk);
      this.#bodyLength += chunk.length;
      if (this.#bodyLength >= MAX_BODY_BYTES) {
        this.#refused(response);
        this.#request.destroy();
      }
    });
    response.on('error', () => this.#refused(response));
    response.on('close', () => this.#refused(response));
    response.on('end', () => this.#refused(response));
  }

  #refused(response: IncomingMessage): void {
    const body = Buffer.concat(this.#body).subarray(0, MAX_BODY_BYTES).toString();
    this.#resolve({ head: headOf(response), body, upgraded: undefined });
  }

  #failed(cause: Error & { code?: string }): void {
    if (this.#response !== undefined) {
      return; // Its own events end it.
    }
    if (cause.code === 'HPE_HEADER_OVERFLOW') {
      this.#reject(
        new UpgradeError(
          'MOORAGE_RESPONSE_TOO_LARGE',
          `The header of the server's answer is larger than ${MAX_HEADER_BYTES} bytes.`,
          NO_ANSWER,
          { cause },
        ),
      );
    } else if (cause.code?.startsWith('HPE_')) {
      this.#reject(
        new UpgradeError(
          'MOORAGE_RESPONSE_MALFORMED',
          `${this.#where} does not answer in HTTP/1.1 (${cause.message}): is it the right port, and TLS where TLS is due?`,
          NO_ANSWER,
          { cause },
        ),
      );
    } else {
      this.#reject(connectError(cause, this.#where));
    }
  }

  #resolve(answer: Answer): void {
    this.#settle((resolve) => resolve(answer));
  }

  #reject(cause: unknown): void {
    this.#settle((_, reject) => reject(cause));
  }

  #settle(settle: Settle): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(settle);
  }
}

const NO_ANSWER = Object.freeze({ statusCode: 0, rawHeaders: [] });

function headOf(message: { statusCode?: number | undefined; httpVersion: string; rawHeaders: string[] }): ResponseHead {
  const { statusCode = 0, httpVersion, rawHeaders } = message;
  return { statusCode, httpVersion, rawHeaders };
}

export function connectError(cause: unknown, where: string): ConnectError {
  return new ConnectError(`Can't connect to ${where}: ${reasonOf(cause)}`, { cause });
}

/** Node's error in words; where several addresses were tried, that of the first. */
function reasonOf(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError && cause.message === '' ? cause.errors[0] : cause;
  if (!(first instanceof Error)) {
    return String(first);
  }
  const message = first.message.trim();
  switch ((first as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return `${message}. Nothing listens there: check host and port.`;
    case 'ENOTFOUND':
      return `${message}. There is no such host: check its name.`;
    case 'ECONNRESET':
      return `${message}. The connection was ended before there was an answer.`;
    case 'EPROTO':
      return `${message}. The TLS handshake failed: does the port speak TLS? If not, say ws: instead of wss:.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `${message}. To trust a certificate of your own, give it as tls: { ca }.`;
    default:
      return `${message}.`;
  }
}
