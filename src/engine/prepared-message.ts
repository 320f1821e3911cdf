import { isUint8Array } from 'node:util/types';
import { firstByte, generateFrame } from '../protocol/frame-generator.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';
import type { OutgoingFrame, SendOptions } from '../protocol/outgoing-frame.js';

/**
 * A message for many receivers: encoded and framed once, at the first send, and shared by all of them. Where extensions
 * are in use it is encoded once for each set of parameters that they can be encoded for together; with context takeover,
 * where what is sent depends on what was sent before, once for each connection.
 *
 * @example
 * const news = PreparedMessage.text(JSON.stringify(update));
 * for (const session of container.openSessions) void session.sendPrepared(news);
 */
export class PreparedMessage {
  readonly opcode: MessageOpcode;
  readonly payload: Buffer;
  readonly #compress: boolean;
  #frame: Buffer | null = null;
  /** By the share keys of extensions. */
  #encodings: Map<string, Buffer | Promise<Buffer>> | null = null;

  private constructor(opcode: MessageOpcode, payload: Buffer, options: SendOptions | undefined) {
    this.opcode = opcode;
    this.payload = payload;
    this.#compress = options?.compress !== false;
  }

  /** @throws InvalidArgumentError for what is no string. */
  static text(text: string, options?: SendOptions): PreparedMessage {
    if (typeof text !== 'string') {
      throw new InvalidArgumentError(`PreparedMessage.text takes a string, and was given ${kindOf(text)}.`);
    }
    return new PreparedMessage(Opcode.Text, Buffer.from(text), options);
  }

  /**
   * The bytes are copied: the caller may change them afterwards.
   *
   * @throws InvalidArgumentError for what is no Uint8Array.
   */
  static binary(data: Uint8Array, options?: SendOptions): PreparedMessage {
    if (!isUint8Array(data)) {
      throw new InvalidArgumentError(
        `PreparedMessage.binary takes a Buffer or Uint8Array, and was given ${kindOf(data)}.`,
      );
    }
    return new PreparedMessage(Opcode.Binary, Buffer.from(data), options);
  }

  /** The message as one unmasked frame. */
  get frame(): Buffer {
    this.#frame ??= generateFrame(firstByte(this.opcode, true), this.payload);
    return this.#frame;
  }

  /** The message before its header and before any extension. */
  get asFrame(): OutgoingFrame {
    return { opcode: this.opcode, fin: true, rsv: 0, payload: this.payload, compress: this.#compress };
  }

  /** The frames that extensions made of it, if they have, or are about to. */
  encoded(shareKey: string): Buffer | Promise<Buffer> | undefined {
    return this.#encodings?.get(shareKey);
  }

  /** Keeps what extensions made of it for other connections with the same; a failure isn't kept. */
  keep(shareKey: string, encoded: Buffer | Promise<Buffer>): Buffer | Promise<Buffer> {
    this.#encodings ??= new Map();
    const encodings = this.#encodings;
    encodings.set(shareKey, encoded);
    if (encoded instanceof Promise) {
      encoded.then(
        (frames) => encodings.set(shareKey, frames),
        () => encodings.delete(shareKey),
      );
    }
    return encoded;
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a value of the type ${typeof value}`;
}
