import { isUtf8 } from 'node:buffer';
import { WireViolation } from './frame-reader.js';
import { type Frame, OPCODE } from './frames.js';

export interface Arrivals {
  message(type: 'text' | 'binary', payload: Buffer, compressed: boolean): void;
  control(type: 'ping' | 'pong', payload: Buffer): void;
  /** `undefined` for a Close without a code. */
  close(code: number | undefined, reason: string): void;
}

/** Puts frames together and minds the rules of RFC 6455 §5.4 and §5.5 that a sender has to keep. */
export class MessageReader {
  readonly #arrivals: Arrivals;
  /** Whether RSV1 on the first frame of a message means that it is compressed (RFC 7692 §6). */
  readonly #compression: boolean;
  readonly #parts: Buffer[] = [];
  #open: { readonly type: 'text' | 'binary'; readonly compressed: boolean } | undefined;

  constructor(arrivals: Arrivals, compression: boolean) {
    this.#arrivals = arrivals;
    this.#compression = compression;
  }

  /** @throws WireViolation */
  push(frame: Frame): void {
    if (frame.opcode >= 8) {
      this.#control(frame);
      return;
    }
    const open = frame.opcode === OPCODE.continuation ? this.#continued(frame) : this.#begun(frame);
    this.#parts.push(frame.payload);
    this.#open = open;
    if (frame.fin) {
      const payload = this.#parts.length === 1 ? frame.payload : Buffer.concat(this.#parts);
      this.#parts.length = 0;
      this.#open = undefined;
      this.#arrivals.message(open.type, payload, open.compressed);
    }
  }

  #continued({ rsv }: Frame) {
    if (this.#open === undefined) {
      throw new WireViolation('a continuation continues nothing');
    }
    if (rsv !== 0) {
      throw new WireViolation(`a continuation has RSV ${rsv}`);
    }
    return this.#open;
  }

  #begun({ opcode, rsv }: Frame) {
    if (this.#open !== undefined) {
      throw new WireViolation('a message begins inside another');
    }
    if (opcode > OPCODE.binary) {
      throw new WireViolation(`opcode ${opcode} is reserved`);
    }
    if (rsv !== 0 && !(rsv === 4 && this.#compression)) {
      throw new WireViolation(`a message has RSV ${rsv}, which no extension gives a meaning`);
    }
    return { type: opcode === OPCODE.text ? ('text' as const) : ('binary' as const), compressed: rsv === 4 };
  }

  #control({ opcode, fin, rsv, payload }: Frame): void {
    if (!fin || rsv !== 0 || payload.length > 125 || opcode > OPCODE.pong) {
      throw new WireViolation(
        `a control frame is not one: opcode ${opcode}, FIN ${fin}, RSV ${rsv}, ${payload.length} bytes`,
      );
    }
    if (opcode !== OPCODE.close) {
      this.#arrivals.control(opcode === OPCODE.ping ? 'ping' : 'pong', payload);
      return;
    }
    if (payload.length === 1 || !isUtf8(payload.subarray(2))) {
      throw new WireViolation(`a Close has the payload ${payload.toString('hex')}`);
    }
    this.#arrivals.close(payload.length === 0 ? undefined : payload.readUInt16BE(0), payload.toString('utf8', 2));
  }
}
