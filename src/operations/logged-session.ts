import type { Session } from '../endpoint/session.js';
import { parseClosePayload } from '../protocol/close-status.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { isA, textOf } from '../protocol/thrown.js';
import type { SessionObserver, TrafficKind } from '../server/instrument.js';
import { GatheredPayload } from './gathered-payload.js';
import { quoted, shownBytes, shownText } from './payload-excerpt.js';

/** A message that is about to be written down. */
export interface LoggedMessage {
  readonly endpoint: string;
  readonly direction: 'received' | 'sent';
  readonly kind: 'text' | 'binary';
  readonly session: Session;
}

/** What `TrafficLog` is told. */
export interface TrafficLogOptions {
  /** Gets each line, without a line end, such as `(line) => logger.debug(line)`. */
  readonly write: (line: string) => void;
  /** Bytes of a payload that are shown, from 0 (none) to 16,384. Default 256. */
  readonly maxPayload?: number;
  /**
   * Gives what is to be shown in the place of a message's payload: text as a string, binary as a Buffer. It is called
   * before the payload is cut, with up to 64 KiB of it. When it throws, nothing of the payload is shown.
   */
  readonly redact?: (payload: string | Buffer, message: LoggedMessage) => string | Uint8Array;
  /** Which sessions are written down. Default: all, and the upgrades that were refused. */
  readonly only?: (session: Session, endpoint: string) => boolean;
}

type Direction = LoggedMessage['direction'];

/** What a redaction gets to see: more than is shown, so that it isn't misled by the cut. */
const REDACTED_PAYLOAD = 64 * 1024;
/** Of what an error says. */
const SHOWN_ERROR = 1_024;

/** Writes down one session. */
export class LoggedSession implements SessionObserver {
  readonly #name: string;
  readonly #session: Session;
  readonly #endpoint: string;
  readonly #options: TrafficLogOptions & { readonly maxPayload: number };
  readonly #kept: number;
  /** Messages of which the end is still to come. */
  readonly #unfinished: Partial<Record<Direction, GatheredPayload>> = {};

  /** @param name with which each line begins. */
  constructor(
    name: string,
    session: Session,
    endpoint: string,
    options: TrafficLogOptions & { readonly maxPayload: number },
  ) {
    this.#name = name;
    this.#session = session;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#kept = options.redact === undefined ? options.maxPayload + 1 : REDACTED_PAYLOAD;
  }

  received(kind: TrafficKind, frame: IncomingFrame): void {
    if (kind === 'close') {
      const { code, reason } = parseClosePayload(frame.payload);
      this.#line(`< close ${code} ${quoted(reason)}`);
    } else {
      this.#part('received', kind, frame.payload, frame.endsMessage);
    }
  }

  sent(kind: TrafficKind, payload: string | Uint8Array, last: boolean): void {
    if (kind === 'close') {
      const [, code, reason = ''] = /^(\d+) ?(.*)$/s.exec(String(payload)) ?? [];
      this.#line(`> close ${code} ${quoted(reason)}`);
    } else {
      this.#part('sent', kind, typeof payload === 'string' ? Buffer.from(payload) : payload, last);
    }
  }

  failed(cause: unknown, during: string): void {
    const text = isA(cause, Error) ? `${cause.name}: ${textOf(cause)}` : textOf(cause);
    this.#line(`! ${during} ${shownText(Buffer.from(text), SHOWN_ERROR)}`);
  }

  closed(code: number, reason: string): void {
    this.#line(`closed ${code} ${quoted(reason)}`);
  }

  #part(direction: Direction, kind: 'text' | 'binary' | 'ping' | 'pong', payload: Uint8Array, last: boolean): void {
    const sign = direction === 'received' ? '<' : '>';
    if (kind === 'ping' || kind === 'pong') {
      this.#line(`${sign} ${kind} ${payload.length} ${shownBytes(toBuffer(payload), this.#options.maxPayload)}`);
      return;
    }
    let gathered = this.#unfinished[direction];
    if (gathered === undefined) {
      if (last) {
        this.#message(direction, kind, toBuffer(payload), payload.length);
        return;
      }
      gathered = new GatheredPayload(this.#kept);
      this.#unfinished[direction] = gathered;
    }
    gathered.add(payload);
    if (last) {
      delete this.#unfinished[direction];
      this.#message(direction, kind, gathered.finish(), gathered.total);
    }
  }

  #message(direction: Direction, kind: 'text' | 'binary', bytes: Buffer, total: number): void {
    const sign = direction === 'received' ? '<' : '>';
    this.#line(`${sign} ${kind} ${total} ${this.#shown(direction, kind, bytes, total)}`);
  }

  #shown(direction: Direction, kind: 'text' | 'binary', bytes: Buffer, total: number): string {
    const { maxPayload, redact } = this.#options;
    if (redact === undefined) {
      return kind === 'text' ? shownText(bytes, maxPayload, total) : shownBytes(bytes, maxPayload, total);
    }
    const seen = bytes.subarray(0, REDACTED_PAYLOAD);
    let redacted: string | Uint8Array;
    try {
      const message = { endpoint: this.#endpoint, direction, kind, session: this.#session };
      redacted = redact(kind === 'text' ? seen.toString() : Buffer.from(seen), message);
    } catch {
      return '[not shown: redact failed]';
    }
    const left = total - seen.length;
    if (typeof redacted === 'string') {
      const text = Buffer.from(redacted);
      return shownText(text, maxPayload, text.length + left);
    }
    return shownBytes(toBuffer(redacted), maxPayload, redacted.length + left);
  }

  #line(text: string): void {
    this.#options.write(`${this.#name} ${text}`);
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
