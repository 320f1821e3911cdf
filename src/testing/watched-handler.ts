import type { EndpointHandler } from '../endpoint/endpoint-handler.js';
import type { Channel, ConnectionHandler, Settling } from '../engine/contract.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import { type MessageOpcode, Opcode } from '../protocol/opcode.js';

/** Who follows the calls of one connection's handler. */
export interface CallObserver {
  /** The endpoint is called. */
  called(what: string): void;
  /** The call has not settled yet. */
  running(what: string, settling: Promise<void>): void;
  /** The connection failed, or a method did. */
  failed(during: string, cause: unknown): void;
}

/** Stands in front of an endpoint's handler and changes nothing, but tells what is called. */
export class WatchedHandler implements ConnectionHandler {
  readonly #inner: EndpointHandler;
  readonly #observer: CallObserver;
  #kind = 'message';

  constructor(inner: EndpointHandler, observer: CallObserver) {
    this.#inner = inner;
    this.#observer = observer;
  }

  get wantsControlFrames(): boolean {
    return this.#inner.wantsControlFrames;
  }

  get wantsWholeFrames(): boolean {
    return this.#inner.wantsWholeFrames;
  }

  wantsPieces(opcode: MessageOpcode): boolean {
    return this.#inner.wantsPieces(opcode);
  }

  onConnect(channel: Channel): Settling {
    this.#observer.called('connect');
    return this.#follow('connect handler', this.#inner.onConnect(channel));
  }

  onData(frame: IncomingFrame): Settling {
    if (frame.opcode !== Opcode.Continuation) {
      this.#kind = frame.opcode === Opcode.Text ? 'text' : 'binary';
    }
    return this.#follow(`${this.#kind} handler`, this.#inner.onData(frame));
  }

  onControl(frame: IncomingFrame): Settling {
    const what = frame.opcode === Opcode.Ping ? 'ping' : frame.opcode === Opcode.Pong ? 'pong' : 'frame';
    return this.#follow(`${what} handler`, this.#inner.onControl(frame));
  }

  onError(cause: Error): Settling {
    this.#observer.failed('error', cause);
    return this.#follow('error handler', this.#inner.onError(cause));
  }

  onClose(code: number, reason: string): Settling {
    this.#observer.called(`close(${code}, ${JSON.stringify(reason)})`);
    return this.#follow('close handler', this.#inner.onClose(code, reason));
  }

  onPeerClosing(): void {
    this.#inner.onPeerClosing();
  }

  onEnd(): void {
    this.#inner.onEnd();
  }

  onUnhandled(...failure: Parameters<ConnectionHandler['onUnhandled']>): void {
    this.#observer.failed(`a failing ${failure[1]} handler`, failure[0]);
    this.#inner.onUnhandled(...failure);
  }

  #follow(what: string, settling: Settling): Settling {
    if (settling !== undefined) {
      this.#observer.running(what, settling);
    }
    return settling;
  }
}
