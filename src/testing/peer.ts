import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Session } from '../endpoint/session.js';
import { type ConnectionEnd, describeClose, describeReceived, type Received } from './inbox.js';
import { hex, quoted, shortened } from './journal.js';
import type { PeerConnection } from './peer-connection.js';
import type { Cut } from './peer-line.js';
import { type ReadFrame, RFC_KEY } from './wire.js';

/** How long an expectation waits for what no handler waits for. */
export interface ExpectOptions {
  /**
   * Real milliseconds, for what a timer or the network of your own code brings about. By default an expectation fails as
   * soon as all is quiet, and after the bench's `patience` where a handler is still running.
   */
  readonly within?: number;
}

/** A frame as the peer puts it on the wire, right or wrong. */
export interface PeerFrame {
  /** 0 to 15. */
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. Default 0. */
  readonly rsv?: number;
  /** Four bytes, or `null` for a frame that isn't masked, as no client may send it. */
  readonly mask?: readonly number[] | null;
}

/**
 * A client in the test's hand. It sends frames that are made by hand, and takes messages one after the other; what it
 * takes is checked against the protocol on the way.
 *
 * Every `send…` returns at once. What it sends arrives before the next expectation looks.
 */
export class TestPeer {
  readonly #connection: PeerConnection;

  /** Peers are made by `bench.connect`. */
  constructor(connection: PeerConnection) {
    this.#connection = connection;
  }

  /** The server's side of the connection. */
  get session(): Session {
    const { session } = this.#connection;
    if (session === undefined) {
      throw this.#failed('The endpoint has no session yet');
    }
    return session;
  }

  /** The subprotocol that was agreed on. */
  get subprotocol(): string | undefined {
    return this.#connection.header('sec-websocket-protocol');
  }

  /** The header fields of the 101, names in lower case. */
  get responseHeaders(): Readonly<Record<string, string>> {
    return this.#connection.responseHeaders;
  }

  /** Every frame the server has sent, those of pings, pongs and Closes too. */
  get frames(): readonly ReadFrame[] {
    return this.#connection.inbox.frames;
  }

  /** Sends a whole text message; with `compress: true` by permessage-deflate, where that was agreed on. */
  sendText(text: string, { compress = false } = {}): void {
    this.#sendMessage(0x1, Buffer.from(text), compress);
  }

  /** Sends a whole binary message. */
  sendBinary(bytes: Uint8Array, { compress = false } = {}): void {
    this.#sendMessage(0x2, bytes, compress);
  }

  /** Sends a value as JSON in a text message. */
  sendJson(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  sendPing(payload: Uint8Array | string = ''): void {
    this.sendFrame({ opcode: 0x9, payload });
  }

  sendPong(payload: Uint8Array | string = ''): void {
    this.sendFrame({ opcode: 0xa, payload });
  }

  /** Sends a Close and nothing else; without a code an empty one. `close` also waits for the end. */
  sendClose(code?: number, reason = ''): void {
    const payload = code === undefined ? '' : Buffer.from([code >> 8, code & 0xff, ...Buffer.from(reason)]);
    this.sendFrame({ opcode: 0x8, payload });
  }

  /** Sends a frame exactly as it is told, also what no client may send. */
  sendFrame({ opcode, payload = '', fin = true, rsv = 0, mask = RFC_KEY }: PeerFrame): void {
    this.#connection.sendFrame(opcode, Buffer.from(payload as string), { fin, rsv, key: mask ?? undefined });
  }

  /** Sends bytes that may be no frame at all. */
  sendBytes(bytes: Uint8Array): void {
    this.#connection.send(Buffer.from(bytes), `bytes ${hex(bytes)}`);
  }

  /**
   * Cuts what is sent from now on into pieces, each of which the server reads on its own: into pieces of `sizes` bytes,
   * or of these sizes in turn, the rest in one. `Infinity` cuts no more.
   */
  cut(sizes: Cut): void {
    this.#connection.line.cut = sizes;
  }

  /** Stops reading, so that the server's queue fills: what it writes next is not taken. */
  stall(): void {
    this.#connection.journal.add('the peer stops reading');
    this.#connection.line.stall();
  }

  /** Reads again. */
  resume(): void {
    this.#connection.journal.add('the peer reads again');
    this.#connection.line.resume();
  }

  /** Loses the connection without a word: the server's socket fails with ECONNRESET. */
  drop(): void {
    this.#connection.journal.add('→ RST');
    this.#connection.line.reset();
  }

  /** Ends the peer's side of TCP without a Close (FIN). */
  end(): void {
    this.#connection.journal.add('→ FIN');
    this.#connection.line.end();
  }

  /** Closes in good order: sends a Close, and expects the same code back and then the end of the connection. */
  async close(code = 1000, reason = ''): Promise<void> {
    this.sendClose(code, reason);
    await this.expectClose(code);
    await this.expectEnd();
  }

  /**
   * Expects a text message next: this one, one that fits the expression, or any.
   *
   * @throws AssertionError that tells what came instead, and what has happened on the connection.
   */
  async expectText(expected?: string | RegExp, options?: ExpectOptions): Promise<string> {
    const wanted = expected === undefined ? 'a text' : `text ${describeText(expected)}`;
    const received = await this.#next(wanted, options);
    if (received.kind !== 'text' || !fits(received.text, expected)) {
      throw this.#unexpected(wanted, received, expected);
    }
    return received.text;
  }

  /** Expects a text message next that is JSON: of this value, or of any. */
  async expectJson(expected?: unknown, options?: ExpectOptions): Promise<unknown> {
    const wanted = expected === undefined ? 'JSON' : `JSON ${shortened(JSON.stringify(expected))}`;
    const received = await this.#next(wanted, options);
    const value = received.kind === 'text' ? parsed(received.text) : undefined;
    if (value === undefined || (expected !== undefined && !isDeepStrictEqual(value.json, expected))) {
      throw this.#unexpected(wanted, received, expected, value?.json);
    }
    return value.json;
  }

  /** Expects a binary message next: of these bytes, or of any. */
  async expectBinary(expected?: Uint8Array, options?: ExpectOptions): Promise<Buffer> {
    const wanted = expected === undefined ? 'binary' : `binary ${hex(expected)}`;
    const received = await this.#next(wanted, options);
    if (received.kind !== 'binary' || (expected !== undefined && !received.bytes.equals(expected))) {
      throw this.#unexpected(wanted, received);
    }
    return received.bytes;
  }

  /** Expects a ping, whatever messages wait beside it. */
  async expectPing(payload?: Uint8Array | string, options?: ExpectOptions): Promise<Buffer> {
    return this.#expectHeartbeat('ping', payload, options);
  }

  /** Expects a pong, whatever messages wait beside it. */
  async expectPong(payload?: Uint8Array | string, options?: ExpectOptions): Promise<Buffer> {
    return this.#expectHeartbeat('pong', payload, options);
  }

  /** Expects a Close next, with this code and reason where they are given; 1005 is a Close without a code. */
  async expectClose(
    code?: number,
    reason?: string | RegExp,
    options?: ExpectOptions,
  ): Promise<{ readonly code: number; readonly reason: string }> {
    const wanted =
      code === undefined
        ? 'a Close'
        : `${describeClose(code)}${reason === undefined || reason === '' ? '' : ` ${describeText(reason)}`}`;
    const received = await this.#next(wanted, options);
    if (received.kind !== 'close' || (code ?? received.code) !== received.code || !fits(received.reason, reason)) {
      throw this.#unexpected(wanted, received);
    }
    return { code: received.code, reason: received.reason };
  }

  /** Expects that the server has ended the connection, and tells how: by a FIN, or by destroying it. */
  async expectEnd(options?: ExpectOptions): Promise<ConnectionEnd> {
    const received = await this.#next('the end of the connection', options);
    if (received.kind !== 'end') {
      throw this.#unexpected('the end of the connection', received);
    }
    return received.how;
  }

  /** Expects that no message, Close or end waits to be taken once all is quiet. */
  async expectNothing(): Promise<void> {
    await this.#connection.quiet.settle();
    const [received] = this.#connection.inbox.queue;
    if (received !== undefined) {
      throw this.#unexpected('nothing', received);
    }
  }

  async #expectHeartbeat(
    kind: 'ping' | 'pong',
    expected: Uint8Array | string | undefined,
    options: ExpectOptions | undefined,
  ): Promise<Buffer> {
    const waiting = kind === 'ping' ? this.#connection.inbox.pings : this.#connection.inbox.pongs;
    const wanted = expected === undefined ? `a ${kind}` : `${kind} ${hex(Buffer.from(expected as string))}`;
    await this.#connection.quiet.until(() => waiting.length > 0, options?.within);
    const payload = waiting.shift();
    if (payload === undefined) {
      throw this.#nothing(wanted);
    }
    if (expected !== undefined && !payload.equals(Buffer.from(expected as string))) {
      throw this.#failed(`Expected ${wanted}, but ${kind} ${hex(payload)} came`);
    }
    return payload;
  }

  #sendMessage(opcode: number, payload: Uint8Array, compress: boolean): void {
    if (!compress) {
      this.sendFrame({ opcode, payload });
      return;
    }
    const { compression } = this.#connection;
    if (compression === undefined) {
      throw this.#failed(
        'The peer can only compress where permessage-deflate was agreed on: connect with compression: true, to an ' +
          'endpoint that enables it',
      );
    }
    this.sendFrame({ opcode, payload: compression.deflate(Buffer.from(payload)), rsv: 4 });
  }

  async #next(wanted: string, options?: ExpectOptions): Promise<Received> {
    const { quiet, inbox } = this.#connection;
    await quiet.until(() => inbox.queue.length > 0, options?.within);
    const received = inbox.queue.shift();
    if (received === undefined) {
      throw this.#nothing(wanted);
    }
    return received;
  }

  #nothing(wanted: string): AssertionError {
    return this.#failed(
      `Expected ${wanted}, but ${this.#connection.hasEnded ? 'the connection has ended' : 'nothing came'}`,
    );
  }

  #unexpected(
    wanted: string,
    received: Received,

    expected?: unknown,
    actual: unknown = received.kind === 'text' ? received.text : undefined,
  ): AssertionError {
    const message = `Expected ${wanted}, but ${describeReceived(received)} came`;
    // A test runner shows the difference where it is given both.
    const both = expected !== undefined && !(expected instanceof RegExp) && actual !== undefined;
    return this.#failed(message, both ? { actual, expected } : {});
  }

  #failed(message: string, values: { actual?: unknown; expected?: unknown } = {}): AssertionError {
    const error = new AssertionError({
      message: `${message}.\n${this.#connection.story()}`,
      operator: 'expect',
      ...values,
    });
    const { lastFailure } = this.#connection;
    if (lastFailure !== undefined) {
      error.cause = lastFailure;
    }
    return error;
  }
}

function describeText(expected: string | RegExp): string {
  return expected instanceof RegExp ? `that matches ${expected}` : quoted(expected);
}

function fits(text: string, expected: string | RegExp | undefined): boolean {
  return expected === undefined || (expected instanceof RegExp ? expected.test(text) : expected === text);
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
