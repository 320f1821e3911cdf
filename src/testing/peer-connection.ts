import type { EndpointHandler } from '../endpoint/endpoint-handler.js';
import type { Session } from '../endpoint/session.js';
import { joinedFields, UpgradeError } from '../protocol/handshake/upgrade-error.js';
import { type ConnectionEnd, describeReceived, Inbox } from './inbox.js';
import { inALine, type Journal } from './journal.js';
import { type Answer, AnswerReader, acceptFor, field } from './opening.js';
import { PeerCompression } from './peer-compression.js';
import { type Cut, type LineReader, PeerLine } from './peer-line.js';
import type { PeerSocket } from './peer-socket.js';
import type { Quiet } from './quiet.js';
import type { CallObserver } from './watched-handler.js';
import { describeFrame, type HeaderFields, header, masked, type ReadFrame, RFC_KEY } from './wire.js';

/** What a peer does by itself. */
export interface PeerManners {
  /** Answers pings. */
  readonly autoPong: boolean;
  /** Answers a Close with the same code, and the server's FIN with its own. */
  readonly autoClose: boolean;
}

/** How a frame is written, beside what is in it. */
export type FrameForm = Pick<HeaderFields, 'fin' | 'rsv' | 'key'>;

/** Both ends of a peer's connection: what it sends and receives, what it answers by itself, what the endpoint is called with. */
export class PeerConnection implements LineReader, CallObserver {
  readonly line: PeerLine;
  readonly journal: Journal;
  readonly quiet: Quiet;
  /** What an error handler was last given, or what nobody took. */
  lastFailure: unknown;
  readonly #manners: PeerManners;
  readonly #opening = new AnswerReader();
  #answer: Answer | undefined;
  #inbox: Inbox | undefined;
  #compression: PeerCompression | undefined;
  #endpoint = '';
  #handler: EndpointHandler | undefined;
  #sentClose = false;
  #end: ConnectionEnd | undefined;

  constructor(socket: PeerSocket, journal: Journal, quiet: Quiet, manners: PeerManners, cut: Cut) {
    this.line = new PeerLine(socket, quiet, this);
    this.line.cut = cut;
    this.journal = journal;
    this.quiet = quiet;
    this.#manners = manners;
  }

  /** What the server has sent since the 101. */
  get inbox(): Inbox {
    if (this.#inbox === undefined) throw new Error('The upgrade has not been answered');
    return this.#inbox;
  }

  /** The server's side, once its connect handler has been called. */
  get session(): Session | undefined {
    return this.#handler?.session;
  }

  get compression(): PeerCompression | undefined {
    return this.#compression;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** The server has answered the upgrade, or never will. */
  get isAnswered(): boolean {
    return this.#answer !== undefined || this.#end !== undefined;
  }

  get responseHeaders(): Readonly<Record<string, string>> {
    return joinedFields(this.#answer?.rawHeaders ?? []);
  }

  header(name: string): string | undefined {
    return field(this.#answer?.rawHeaders ?? [], name);
  }

  /**
   * That the answer is the 101 that a client wants.
   *
   * @param reason what the server says of a refusal in private.
   * @throws UpgradeError when it is another.
   */
  checkAnswer(key: string, what: string, reason: string | undefined): void {
    const answer = this.#answer ?? { statusCode: 0, rawHeaders: [], body: '' };
    const { statusCode } = answer;
    if (statusCode !== 101) {
      const found = statusCode === 0 ? 'the end of the connection' : statusCode;
      const why = reason === undefined ? '' : `: ${reason}`;
      throw new UpgradeError('MOORAGE_UPGRADE_REFUSED', `${what} was answered with ${found}${why}.`, answer);
    }
    if (field(answer.rawHeaders, 'sec-websocket-accept') !== acceptFor(key)) {
      throw new UpgradeError('MOORAGE_RESPONSE_ACCEPT', `${what} was answered with a wrong accept key.`, answer);
    }
  }

  send(bytes: Uint8Array, what: string): void {
    if (!this.line.isOpen) {
      this.journal.add(`→ ${what} (lost: the connection has ended)`);
      return;
    }
    this.journal.add(`→ ${what}`);
    this.line.send(bytes);
  }

  /** Sends a frame that is put together by hand. */
  sendFrame(opcode: number, payload: Buffer, fields: FrameForm = { key: RFC_KEY }): void {
    const { fin = true, key } = fields;
    this.#sentClose ||= opcode === 0x8;
    const head = header({ opcode, length: BigInt(payload.length), ...fields });
    const body = key === undefined ? payload : masked(payload, key);
    this.send(Buffer.concat([head, body]), describeFrame({ opcode, fin, payload }));
  }

  received(bytes: Buffer): void {
    if (this.#inbox !== undefined) {
      this.#take(bytes);
    } else if (this.#answer === undefined) {
      this.#opening.push(bytes);
      this.#readAnswer();
    }
  }

  ended(how: ConnectionEnd): void {
    this.#end = how;
    this.journal.add(how === 'fin' ? '← FIN' : '← the server destroyed the connection');
    if (this.#answer === undefined) {
      this.#opening.end();
      this.#readAnswer();
    }
    this.#inbox?.ended(how);
    if (this.#manners.autoClose) {
      this.line.end();
    }
  }

  /** The upgrade was accepted, and this handler is to serve the connection. */
  serves(handler: EndpointHandler, endpoint: string): void {
    this.#handler = handler;
    this.#endpoint = endpoint;
  }

  called(what: string): void {
    this.quiet.stir();
    this.journal.add(`${this.#endpoint}: ${what}`);
  }

  running(what: string, settling: Promise<void>): void {
    this.quiet.watch({ endpoint: this.#endpoint, what, since: this.journal.now }, settling);
  }

  failed(during: string, cause: unknown): void {
    this.quiet.stir();
    this.lastFailure = cause;
    this.journal.add(`${this.#endpoint}: ${during}: ${inALine(cause)}`);
  }

  /** How things stand and what has happened, for the message of a failed expectation. */
  story(): string {
    const running = [...this.quiet.running].map((call) => `${describeCall(call)}.\n`);
    const unread = (this.#inbox?.queue ?? []).map((each) => `Not taken: ${describeReceived(each)}.\n`);
    return `${running.join('')}${unread.join('')}What happened, in milliseconds of the bench:\n${this.journal}`;
  }

  #readAnswer(): void {
    this.#answer = this.#opening.read();
    if (this.#answer === undefined) return;
    this.journal.add(`← ${this.#answer.statusCode}`);
    if (this.#answer.statusCode !== 101) return;
    if (/^permessage-deflate\b/.test(this.header('sec-websocket-extensions') ?? '')) {
      this.#compression = new PeerCompression();
    }
    this.#inbox = new Inbox(this.#compression);
    this.#take(this.#opening.rest);
  }

  #take(bytes: Buffer): void {
    for (const frame of this.inbox.push(bytes)) {
      this.journal.add(`← ${describeFrame(frame)}`);
      this.#respond(frame);
    }
  }

  #respond({ opcode, payload }: ReadFrame): void {
    if (opcode === 0x9 && this.#manners.autoPong) {
      this.sendFrame(0xa, payload);
    } else if (opcode === 0x8 && this.#manners.autoClose && !this.#sentClose) {
      this.sendFrame(0x8, payload.subarray(0, 2));
    }
  }
}

export function describeCall(call: { endpoint: string; what: string; since: number }): string {
  return `The ${call.what} of ${call.endpoint} has been running since ${call.since} ms`;
}
