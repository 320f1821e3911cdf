/** The extensions of a connection without the connection: frames in, what comes out on the other side. */

import type { Extension } from '#moorage/protocol/extensions/extension.js';
import { ExtensionStack } from '#moorage/protocol/extensions/extension-stack.js';
import {
  confirmExtensions,
  type ExtensionAgreement,
  negotiateExtensions,
  offerExtensions,
} from '#moorage/protocol/extensions/negotiation.js';
import { parseExtensions } from '#moorage/protocol/handshake/headers.js';
import { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { DEFAULT_LIMITS, type MessageLimits } from '#moorage/protocol/limits.js';
import type { Opcode } from '#moorage/protocol/opcode.js';
import type { OutgoingFrame } from '#moorage/protocol/outgoing-frame.js';

/** The text of a server's answer to a request with this header; empty for none. */
export function answerTo(offer: string, ...supported: Extension[]): string {
  return agreedOn(offer, ...supported)?.text ?? '';
}

export function agreedOn(offer: string, ...supported: Extension[]): ExtensionAgreement | null {
  return negotiateExtensions(parseExtensions(offer) ?? [], supported);
}

/** What a server and a client with these extensions agree on, by their own offers and answers. */
export function bothSides(
  server: readonly Extension[],
  client: readonly Extension[],
): { readonly server: ExtensionAgreement; readonly client: ExtensionAgreement } {
  const agreed = agreedOn(offerExtensions(client), ...server);
  const confirmed = confirmExtensions(agreed?.text ?? '', client);
  if (agreed === null || confirmed === null) throw new Error('Nothing was agreed on');
  return { server: agreed, client: confirmed };
}

/** A stack that writes down what comes out at either end. */
export class RecordedStack {
  readonly decoded: IncomingFrame[] = [];
  readonly encoded: OutgoingFrame[] = [];
  readonly stack: ExtensionStack;

  /** @param taking called with what is decoded, when pieces of messages are wanted; it may take its time. */
  constructor(
    agreement: ExtensionAgreement,
    limits: Partial<MessageLimits> = {},
    taking: ((frame: IncomingFrame) => void | Promise<void>) | null = null,
  ) {
    this.stack = new ExtensionStack(agreement, {
      limits: { ...DEFAULT_LIMITS, ...limits },
      wantsPieces: () => taking !== null,
      decoded: (frame) => {
        this.decoded.push(frame);
        return taking?.(frame);
      },
      encoded: (frame) => {
        this.encoded.push({ ...frame, payload: Buffer.from(frame.payload) });
      },
    });
  }

  /** What goes on the wire for a frame of the application. */
  async send(payload: string | Uint8Array, fields: Partial<OutgoingFrame> = {}): Promise<OutgoingFrame[]> {
    const before = this.encoded.length;
    await this.stack.send({ opcode: 1, fin: true, rsv: 0, payload: Buffer.from(payload as string), ...fields });
    return this.encoded.slice(before);
  }

  /** The text that comes of these frames, given as they are on the wire and in pieces of so many bytes. */
  async receive(
    frames: readonly Pick<OutgoingFrame, 'opcode' | 'fin' | 'rsv' | 'payload'>[],
    piece = Infinity,
  ): Promise<string> {
    const before = this.decoded.length;
    for (const frame of frames) {
      for (const part of inPieces(frame, piece)) await this.stack.receive(part);
    }
    return Buffer.concat(this.decoded.slice(before).map(({ payload }) => payload)).toString();
  }
}

function inPieces(frame: Pick<OutgoingFrame, 'opcode' | 'fin' | 'rsv' | 'payload'>, piece: number): IncomingFrame[] {
  const { opcode, fin, rsv } = frame;
  const payload = Buffer.from(frame.payload);
  const pieces: IncomingFrame[] = [];
  let at = 0;
  do {
    const end = Math.min(payload.length, at + piece);
    pieces.push(new IncomingFrame(opcode, fin, rsv, payload, at, end, at === 0, end === payload.length, false));
    at = end;
  } while (at < payload.length);
  return pieces;
}

/** A frame of a compressed text message, from bytes in hex. */
export function compressed(hex: string, fields: { opcode?: Opcode; fin?: boolean; rsv?: number } = {}) {
  return { opcode: 1 as Opcode, fin: true, rsv: 4, payload: Buffer.from(hex.replaceAll(' ', ''), 'hex'), ...fields };
}

export function continued(hex: string, fin = true) {
  return compressed(hex, { opcode: 0, rsv: 0, fin });
}
