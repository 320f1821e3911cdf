import type { PreparedMessage } from 'moorage';
import type { Channel, Settling, SocketAddress } from '#moorage/engine/contract.js';
import { isTransmittable } from '#moorage/protocol/close-code.js';
import { SessionClosedError } from '#moorage/protocol/errors.js';
import { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { DEFAULT_LIMITS, type MessageLimits } from '#moorage/protocol/limits.js';
import { Opcode } from '#moorage/protocol/opcode.js';

/** The engine as its contract describes it, without one: writes down what is asked of it. */
export class FakeChannel implements Channel {
  isOpen = true;
  readonly isSecure = true;
  readonly remoteAddress: SocketAddress = { address: '192.0.2.1', port: 50_000, family: 'IPv4' };
  readonly localAddress: SocketAddress = { address: '192.0.2.2', port: 443, family: 'IPv4' };
  queuedBytes = 0;
  limits: MessageLimits = DEFAULT_LIMITS;
  idleTimeout = 300_000;

  /** Everything that was asked, in order. */
  readonly asked: unknown[][] = [];
  /** Not undefined while the peer is slow. */
  draining: Settling = undefined;
  /** Not undefined in the middle of a message in parts. */
  parting: Settling = undefined;
  /** What the next sends come to. */
  settling: Settling = undefined;

  sendText(text: string): Settling {
    return this.#send('text', text);
  }
  sendBinary(data: Uint8Array): Settling {
    return this.#send('binary', [...data]);
  }
  sendPartialText(text: string, last: boolean): Settling {
    return this.#send('partial text', text, last);
  }
  sendPartialBinary(data: Uint8Array, last: boolean): Settling {
    return this.#send('partial binary', [...data], last);
  }
  sendPrepared(message: PreparedMessage): Settling {
    return this.#send('prepared', message);
  }
  sendPing(payload: Uint8Array): Settling {
    return this.#control('ping', payload);
  }
  sendPong(payload: Uint8Array): Settling {
    return this.#control('pong', payload);
  }
  drained(): Settling {
    return this.draining;
  }
  partsEnded(): Settling {
    return this.parting;
  }
  close(code: number, reason: string): void {
    if (code !== 1005 && !isTransmittable(code)) {
      throw new RangeError(`${code} may not be sent`);
    }
    this.isOpen = false;
    this.asked.push(['close', code, reason]);
  }
  disconnect(): void {
    this.isOpen = false;
    this.asked.push(['disconnect']);
  }
  fail(thrown: unknown): void {
    this.asked.push(['fail', thrown]);
  }

  #control(kind: string, payload: Uint8Array): Settling {
    if (payload.length > 125) {
      throw new RangeError(`${payload.length} bytes are too many`);
    }
    return this.#send(kind, [...payload]);
  }

  #send(...asked: unknown[]): Settling {
    if (!this.isOpen) {
      return Promise.reject(new SessionClosedError());
    }
    this.asked.push(asked);
    return this.settling;
  }
}

const OPCODES = { ...Opcode } as const;

/** A whole frame, inside a larger chunk as frames are. */
export function frame(
  kind: keyof typeof OPCODES,
  payload: string | readonly number[],
  options: { readonly fin?: boolean; readonly ascii?: boolean; readonly rsv?: number } = {},
): IncomingFrame {
  return piece(kind, payload, { starts: true, ends: true, ...options });
}

/** A piece of a frame. */
export function piece(
  kind: keyof typeof OPCODES,
  payload: string | readonly number[],
  options: {
    readonly starts: boolean;
    readonly ends: boolean;
    readonly fin?: boolean;
    readonly ascii?: boolean;
    readonly rsv?: number;
  },
): IncomingFrame {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  const chunk = Buffer.concat([Buffer.from('<<'), bytes, Buffer.from('>>')]);
  const { fin = true, ascii = false, rsv = 0, starts, ends } = options;
  return new IncomingFrame(OPCODES[kind], fin, rsv, chunk, 2, 2 + bytes.length, starts, ends, ascii);
}
