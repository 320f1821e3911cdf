import type { ExtensionStack } from '../protocol/extensions/extension-stack.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { MessageOpcode } from '../protocol/opcode.js';
import type { Channel, ConnectionHandler, Settling } from './contract.js';

/** The extensions in front of a handler: it gets data frames as they are after decoding, and everything else as it comes. */
export class ExtendedHandler implements ConnectionHandler {
  readonly #handler: ConnectionHandler;
  readonly #stack: ExtensionStack;

  constructor(handler: ConnectionHandler, stack: ExtensionStack) {
    this.#handler = handler;
    this.#stack = stack;
  }

  get wantsControlFrames(): boolean {
    return this.#handler.wantsControlFrames;
  }

  get wantsWholeFrames(): boolean {
    return this.#handler.wantsWholeFrames;
  }

  wantsPieces(opcode: MessageOpcode): boolean {
    return this.#handler.wantsPieces(opcode);
  }

  onConnect(channel: Channel): Settling {
    return this.#handler.onConnect(channel);
  }

  onData(frame: IncomingFrame): Settling {
    return this.#stack.receive(frame);
  }

  onControl(frame: IncomingFrame): Settling {
    return this.#handler.onControl(frame);
  }

  onError(cause: Error): Settling {
    return this.#handler.onError(cause);
  }

  onClose(code: number, reason: string): Settling {
    this.#stack.close();
    return this.#handler.onClose(code, reason);
  }

  onPeerClosing(): void {
    this.#handler.onPeerClosing();
  }

  onEnd(): void {
    this.#handler.onEnd();
  }

  onUnhandled(cause: unknown, during: 'connection' | 'error' | 'close'): void {
    this.#handler.onUnhandled(cause, during);
  }
}
