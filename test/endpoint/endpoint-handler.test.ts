import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import {
  CloseError,
  Frame,
  MessageTooLargeError,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPong,
  Session,
  SessionClosedError,
  UnsupportedDataError,
  WebSocket,
} from 'moorage';
import { connect } from './connect.js';
import { AllEvents, Replies } from './endpoints.js';
import { frame, piece } from './fake-channel.js';

@WebSocket
class TextOnly {
  readonly texts: string[] = [];
  @OnWebSocketMessage onText(text: string) {
    this.texts.push(text);
  }
}

@WebSocket
class Deferred {
  readonly log: string[] = [];
  readonly settle: ((value?: unknown) => void)[] = [];

  #later(what: string): Promise<unknown> {
    this.log.push(what);
    return new Promise((resolve) => this.settle.push(resolve));
  }
  @OnWebSocketConnect onConnect() {
    return this.#later('connect');
  }
  @OnWebSocketFrame onFrame(_frame: Frame) {
    return this.#later('frame');
  }
  @OnWebSocketMessage onText(text: string): Promise<string> {
    return this.#later(text) as Promise<string>;
  }
  @OnWebSocketPong onPong() {
    this.log.push('pong');
  }
  @OnWebSocketError onError(_cause: Error) {
    return this.#later('error');
  }
  @OnWebSocketClose onClose() {
    return this.#later('close');
  }
}

class QuotaError extends Error {}

@WebSocket
class OneKindOfError {
  readonly caught: Error[] = [];
  @OnWebSocketError onError(cause: QuotaError) {
    this.caught.push(cause);
  }
}

async function rejection(promise: void | Promise<void>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not reject');
}

describe('EndpointHandler', () => {
  describe('when handlers are synchronous', () => {
    it('settles at once', () => {
      const { handler, channel } = connect(Replies);
      expect(handler.onConnect(channel)).to.equal(undefined);
      expect(handler.onData(frame('Text', 'text'))).to.equal(undefined);
      expect(handler.onControl(frame('Pong', []))).to.equal(undefined);
      expect(handler.onError(new Error('x'))).to.equal(undefined);
      expect(handler.onClose(1000, '')).to.equal(undefined);
    });

    it('lets what they throw pass to the engine', () => {
      const { handler } = connect(Replies);
      expect(() => handler.onData(frame('Text', 'throw'))).to.throw(RangeError, 'thrown');
    });
  });

  describe('when handlers return promises', () => {
    it('settles with them', async () => {
      const { instance, handler, channel } = connect(Deferred);
      let settled = '';
      const data = handler.onData(frame('Text', 'hi')) as Promise<void>;
      void data.then(() => (settled = 'data'));
      expect(instance.log).to.deep.equal(['connect', 'frame']);
      instance.settle[1]?.();
      await Promise.resolve();
      await new Promise(setImmediate);
      expect(instance.log).to.deep.equal(['connect', 'frame', 'hi']);
      expect(settled).to.equal('');
      instance.settle[2]?.('answer');
      await data;
      expect(channel.asked).to.deep.equal([['text', 'answer']]);

      const pong = handler.onControl(frame('Pong', [])) as Promise<void>;
      expect(instance.log.at(-1)).to.equal('frame');
      instance.settle[3]?.();
      await pong;
      expect(instance.log.at(-1)).to.equal('pong');

      for (const [index, settling] of [handler.onError(new Error('x')), handler.onClose(1000, '')].entries()) {
        expect(settling).to.be.instanceOf(Promise);
        instance.settle[4 + index]?.('ignored');
        await settling;
      }
      expect(channel.asked).to.have.length(1);
    });

    it('rejects with them', async () => {
      const { handler } = connect(Replies);
      expect(await rejection(handler.onData(frame('Text', 'reject')))).to.be.instanceOf(RangeError);
    });
  });

  describe('replies', () => {
    it('hold the next message back while the queue is full', async () => {
      const { handler, channel } = connect(Replies);
      let drained = (): void => {};
      channel.settling = new Promise((resolve) => (drained = resolve));
      const settling = handler.onData(frame('Text', 'text'));
      expect(settling).to.be.instanceOf(Promise);
      drained();
      await settling;
    });

    it('are dropped when the session has closed by then', async () => {
      const { handler, channel } = connect(Replies);
      const settling = handler.onData(frame('Text', 'later'));
      channel.isOpen = false;
      await settling;
      expect(handler.onData(frame('Text', 'buffer'))).to.equal(undefined);
      expect(channel.asked).to.deep.equal([]);
    });

    it('are dropped when the session closes while they wait in the queue', async () => {
      const { handler, channel } = connect(Replies);
      channel.settling = Promise.reject(new SessionClosedError());
      await handler.onData(frame('Text', 'text'));
    });

    it('fail with whatever else befalls their sending', async () => {
      const { handler, channel } = connect(Replies);
      channel.settling = Promise.reject(new RangeError('other'));
      expect(await rejection(handler.onData(frame('Text', 'text')))).to.be.instanceOf(RangeError);
    });

    it('that can not be sent are an error that says what can', async () => {
      const { handler } = connect(Replies);
      const accepted =
        'What it returns is sent as the reply: a string, a Buffer, Uint8Array or ArrayBuffer, what an encoder of the ' +
        'endpoint takes, a generator of several, or a promise of one; undefined or null for no reply. Add encoders: ' +
        '[json()] to the options of @WebSocket to send objects as JSON.';
      expect(() => handler.onData(frame('Text', 'object')))
        .to.throw(`A message handler returned an object. ${accepted}`)
        .with.property('code', 'MOORAGE_INVALID_REPLY');
      expect(await rejection(handler.onData(frame('Text', 'object later')))).to.have.property(
        'message',
        `A message handler returned an array. ${accepted}`,
      );
    });
  });

  describe('messages in pieces', () => {
    it('are gathered, over pieces of frames and over fragments', () => {
      const { instance, handler, session } = connect(AllEvents);
      handler.onData(piece('Text', 'a', { starts: true, ends: false, fin: false }));
      handler.onData(piece('Text', 'b', { starts: false, ends: true, fin: false }));
      handler.onControl(frame('Pong', []));
      handler.onData(frame('Continuation', '', { fin: false }));
      handler.onData(frame('Continuation', 'c'));
      handler.onData(piece('Binary', [1], { starts: true, ends: false }));
      handler.onData(piece('Binary', [2], { starts: false, ends: true }));
      handler.onData(frame('Text', ''));
      expect(instance.log.slice(1)).to.deep.equal([
        ['pong', session, Buffer.alloc(0)],
        ['text', session, 'abc'],
        ['binary', session, Buffer.from([1, 2])],
        ['text', session, ''],
      ]);
    });

    it('are limited by what the session allows when they begin', () => {
      const { handler, session } = connect(AllEvents);
      session.maxTextMessageSize = 2;
      expect(() => handler.onData(frame('Text', 'abc'))).to.throw(MessageTooLargeError);
      session.maxBinaryMessageSize = 2;
      expect(() => handler.onData(frame('Binary', 'abc'))).to.throw(MessageTooLargeError);
      handler.onData(frame('Text', 'ab', { fin: false }));
      expect(() => handler.onData(frame('Continuation', 'c'))).to.throw(MessageTooLargeError);
    });
  });

  describe('a message of a kind without a handler', () => {
    const unsupported =
      "The endpoint has no handler for binary messages. Add a method with @OnWebSocketMessage that takes one, or set unhandled: 'ignore'.";

    it('closes with 1003, at its first piece', () => {
      const { handler } = connect(TextOnly);
      expect(() => handler.onData(frame('Binary', [1])))
        .to.throw(UnsupportedDataError, unsupported)
        .that.includes({ closeCode: 1003, closeReason: 'Unsupported data', code: 'MOORAGE_UNSUPPORTED_DATA' });
      expect(() => handler.onData(piece('Binary', [1], { starts: true, ends: false }))).to.throw(UnsupportedDataError);
    });

    it('is no error: only the close handler hears of it', () => {
      const { instance, handler, reported } = connect(AllEvents);
      handler.onError(new UnsupportedDataError('…'));
      expect(instance.log).to.have.length(1);
      expect(reported).to.deep.equal([]);
    });

    it('is passed over where the endpoint says so, up to its limit', () => {
      const { instance, handler, session } = connect(TextOnly, { unhandled: 'ignore' });
      session.maxBinaryMessageSize = 2;
      handler.onData(frame('Binary', [0xff]));
      handler.onData(frame('Binary', [1], { fin: false }));
      handler.onData(frame('Continuation', [2]));
      handler.onData(frame('Text', 'still here'));
      expect(instance.texts).to.deep.equal(['still here']);
      expect(() => handler.onData(frame('Binary', [1, 2, 3]))).to.throw(MessageTooLargeError);
    });

    it('is passed over by an endpoint of frames alone, which has seen it', () => {
      @WebSocket
      class FramesOnly {
        readonly frames: Frame[] = [];
        @OnWebSocketFrame onFrame(frame: Frame) {
          this.frames.push(frame);
        }
      }
      const { instance, handler } = connect(FramesOnly);
      handler.onData(frame('Text', 'hi'));
      handler.onData(frame('Binary', [1]));
      handler.onControl(frame('Close', [3, 232]));
      expect(instance.frames.map(({ opcode }) => opcode)).to.deep.equal([1, 2, 8]);
    });
  });

  it('asks the engine only for what the endpoint can use', () => {
    const { handler } = connect(TextOnly);
    expect([handler.wantsWholeFrames, handler.wantsControlFrames]).to.deep.equal([false, false]);
    expect(connect(AllEvents).handler.wantsControlFrames).to.equal(true);
  });

  describe('errors', () => {
    it('go to the container where there is no handler', () => {
      const { handler, session, reported } = connect(TextOnly);
      const cause = new CloseError(4001, 'x');
      handler.onError(cause);
      expect(reported).to.deep.equal([[cause, session, 'connection']]);
    });

    it('go to a handler of their subclass, others to the container', () => {
      const { instance, handler, session, reported } = connect(OneKindOfError);
      const [quota, other] = [new QuotaError(), new Error('other')];
      handler.onError(quota);
      handler.onError(other);
      expect(instance.caught).to.deep.equal([quota]);
      expect(reported).to.deep.equal([[other, session, 'connection']]);
    });

    it('of another realm are errors too', () => {
      const { instance, handler } = connect(AllEvents);
      const foreign = runInNewContext('new RangeError("foreign")') as Error;
      handler.onError(foreign);
      expect((instance.log[1] as unknown[])[2]).to.equal(foreign);
    });

    it('of the error and close handlers themselves go to the container', () => {
      const { handler, session, reported } = connect(TextOnly);
      handler.onUnhandled('thrown', 'error');
      handler.onUnhandled('thrown', 'close');
      expect(reported).to.deep.equal([
        ['thrown', session, 'error'],
        ['thrown', session, 'close'],
      ]);
    });
  });

  it('aborts the signal of the session when the connection ends', () => {
    const { handler, channel, session } = connect(TextOnly);
    const { signal } = session;
    expect(signal.aborted).to.equal(false);
    channel.isOpen = false;
    handler.onEnd();
    expect(signal.aborted).to.equal(true);
    expect(signal.reason).to.be.instanceOf(SessionClosedError);
    expect(session.signal).to.equal(signal);
  });

  it('calls an override put on the instance, as a spy is', () => {
    const { instance, handler } = connect(TextOnly);
    instance.onText = (text) => void instance.texts.push(`spied: ${text}`);
    handler.onData(frame('Text', 'hi'));
    expect(instance.texts).to.deep.equal(['spied: hi']);
  });

  it('calls a method that another decorator has replaced, on either side of ours', () => {
    const wrapped: MethodDecorator = (_target, _name, descriptor) => {
      const method = descriptor.value as unknown as (...args: unknown[]) => unknown;
      const wrapper = function (this: unknown, ...args: unknown[]) {
        return `wrapped ${String(method.apply(this, args))}`;
      };
      descriptor.value = wrapper as never;
    };
    @WebSocket
    class Outside {
      @wrapped @OnWebSocketMessage onText(text: string) {
        return text;
      }
    }
    @WebSocket
    class Inside {
      @OnWebSocketMessage @wrapped onText(text: string) {
        return text;
      }
    }
    for (const type of [Outside, Inside]) {
      const { handler, channel } = connect(type);
      handler.onData(frame('Text', 'hi'));
      expect(channel.asked).to.deep.equal([['text', 'wrapped hi']]);
    }
  });

  it('takes sessions of any path', () => {
    @WebSocket('/chat/{room}')
    class Room {
      room: string | undefined;
      @OnWebSocketConnect onConnect(session: Session<'/chat/{room}'>) {
        this.room = session.pathParameters.room;
      }
    }
    expect(connect(Room).instance.room).to.equal('blue');
  });
});
