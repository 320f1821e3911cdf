import { firstByte, generateFrame } from '../protocol/frame-generator.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';

/**
 * A message for many receivers: encoded and framed once, at the first send, and shared by all of them.
 *
 * @example
 * const news = PreparedMessage.text(JSON.stringify(update));
 * for (const session of container.openSessions) void session.sendPrepared(news);
 */
export class PreparedMessage {
  readonly opcode: MessageOpcode;
  readonly payload: Buffer;
  #frame: Buffer | null = null;

  private constructor(opcode: MessageOpcode, payload: Buffer) {
    this.opcode = opcode;
    this.payload = payload;
  }

  static text(text: string): PreparedMessage {
    return new PreparedMessage(Opcode.Text, Buffer.from(text));
  }

  /** The bytes are copied: the caller may change them afterwards. */
  static binary(data: Uint8Array): PreparedMessage {
    return new PreparedMessage(Opcode.Binary, Buffer.from(data));
  }

  /** The message as one unmasked frame. */
  get frame(): Buffer {
    this.#frame ??= generateFrame(firstByte(this.opcode, true), this.payload);
    return this.#frame;
  }
}
