import { createHash } from 'node:crypto';
import { expect } from 'chai';
import {
  type BinaryMessageDecoder,
  DecodeError,
  json,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  type StreamMessageDecoder,
  type TextMessageDecoder,
  WebSocket,
} from 'moorage';
import { connect } from './connect.js';
import { frame } from './fake-channel.js';
import { read } from './form-log.js';

class Point {
  constructor(readonly x: number) {}
}

const points: BinaryMessageDecoder<Point> = {
  name: 'point',
  from: 'binary',
  willDecode: (data) => data.length === 1,
  decode: async (data) => new Point(data[0]!),
};

const words: TextMessageDecoder<string[]> = {
  name: 'words',
  from: 'text',
  willDecode: (text) => text.startsWith('say '),
  decode: (text) => text.slice(4).split(' '),
};

const lines: StreamMessageDecoder<number> = {
  name: 'lines',
  from: 'text-stream',
  decode: async (stream) => {
    const text = (await read(stream)).join('');
    if (text === '') throw new RangeError('Nothing');
    return text.split('\n').length;
  },
};

async function failure(handling: void | Promise<void> | (() => void | Promise<void>)): Promise<DecodeError> {
  try {
    await (typeof handling === 'function' ? handling() : handling);
  } catch (error) {
    return error as DecodeError;
  }
  throw new Error('It did not fail');
}

describe('Decoders', () => {
  @WebSocket({ decoders: [words, json()] })
  class Several {
    readonly log: unknown[] = [];
    @OnWebSocketMessage(points) onPoint(session: Session, point: Point) {
      this.log.push([session.isOpen, point]);
    }
    @OnWebSocketMessage('binary') onOtherBytes(data: Buffer) {
      this.log.push(data);
    }
    @OnWebSocketMessage('decoded') onAny(message: unknown) {
      this.log.push(message);
    }
  }

  it('are asked in their order, and leave the rest to the handler of whole messages', async () => {
    const { instance, handler } = connect(Several);
    await handler.onData(frame('Text', 'say hello you'));
    await handler.onData(frame('Text', '{"a":1}'));
    await handler.onData(frame('Binary', [5]));
    await handler.onData(frame('Binary', [5, 6]));
    await handler.onData(frame('Binary', [7], { fin: false }));
    await handler.onData(frame('Continuation', []));
    expect(instance.log).to.deep.equal([
      ['hello', 'you'],
      { a: 1 },
      [true, new Point(5)],
      Buffer.from([5, 6]),
      [true, new Point(7)],
    ]);
  });

  it('that are all unwilling leave a message that nobody takes', async () => {
    @WebSocket
    class Unwilling {
      @OnWebSocketMessage(words) onWords(said: string[]) {
        return said.join();
      }
      @OnWebSocketMessage(points) onPoint(_point: Point) {}
    }
    const { handler } = connect(Unwilling);
    const error = await failure(() => handler.onData(frame('Text', 'shout')));
    expect(error)
      .to.be.instanceOf(DecodeError)
      .that.includes({ code: 'MOORAGE_NO_DECODER', closeCode: 1003, codec: 'words' });
    expect((await failure(() => handler.onData(frame('Binary', [1, 2])))).message).to.include(
      'It begins with <01 02>.',
    );
  });

  it('read streams, and route what comes of them', async () => {
    @WebSocket
    class Lines {
      readonly log: unknown[] = [];
      @OnWebSocketMessage(lines, { when: (count) => count === 1 }) onOne(_count: number) {
        this.log.push('one');
      }
      @OnWebSocketMessage(lines) onMany(count: number) {
        this.log.push(count);
        return `${count} lines`;
      }
    }
    const { instance, handler, channel } = connect(Lines);
    await handler.onData(frame('Text', 'a\nb', { fin: false }));
    await handler.onData(frame('Continuation', '\nc'));
    await handler.onData(frame('Text', 'a'));
    expect(instance.log).to.deep.equal([3, 'one']);
    expect(channel.asked).to.deep.equal([['text', '3 lines']]);
    await handler.onData(frame('Text', ''));
    const [kind, error] = channel.asked[1] as [string, DecodeError];
    expect(kind).to.equal('fail');
    expect(error).to.include({ code: 'MOORAGE_DECODE_FAILED', codec: 'lines' });
    expect(error.message).to.equal("A message can't be decoded by lines: Nothing. It came as a stream.");
  });

  it('read binary streams, beside a handler of texts', async () => {
    const digest: StreamMessageDecoder<string> = {
      name: 'digest',
      from: 'binary-stream',
      decode: async (stream) => {
        const hash = createHash('sha256');
        for await (const chunk of stream) hash.update(chunk as Buffer);
        return hash.digest('hex');
      },
    };
    @WebSocket
    class Digests {
      @OnWebSocketMessage(digest) onDigest(hex: string) {
        return hex.slice(0, 8);
      }
      @OnWebSocketMessage('text') onText(text: string) {
        return text;
      }
    }
    const { handler, channel } = connect(Digests);
    await handler.onData(frame('Binary', 'a', { fin: false }));
    await handler.onData(frame('Continuation', 'bc'));
    await handler.onData(frame('Text', 'text'));
    expect(channel.asked).to.deep.equal([
      ['text', 'ba7816bf'],
      ['text', 'text'],
    ]);
  });

  it('that fail may throw anything', async () => {
    @WebSocket
    class Odd {
      @OnWebSocketMessage({ name: 'odd', from: 'text', decode: () => Promise.reject('no') }) onOdd(_odd: unknown) {}
    }
    const { handler } = connect(Odd);
    const error = await failure(handler.onData(frame('Text', 'x')));
    expect(error.message).to.equal('A message can\'t be decoded by odd: no. It begins with "x".');
    expect(error.cause).to.equal('no');
  });

  it('that fail are reported where no error handler takes it, and the connection stays open if it is to', async () => {
    @WebSocket({ onDecodeError: 'ignore' })
    class Quiet {
      readonly log: unknown[] = [];
      @OnWebSocketMessage(json()) onMessage(message: unknown) {
        this.log.push(message);
      }
      @OnWebSocketError onError(_cause: RangeError) {}
    }
    const { instance, handler, session, reported } = connect(Quiet, { onDecodeError: 'ignore' });
    handler.onData(frame('Text', '{'));
    handler.onData(frame('Text', '1'));
    expect(instance.log).to.deep.equal([1]);
    expect(reported).to.have.length(1);
    expect(reported[0]?.slice(1)).to.deep.equal([session, 'connection']);
  });

  it('settle at once where they and their methods do', () => {
    const { handler } = connect(Several);
    expect(handler.onData(frame('Text', '{"a":1}'))).to.equal(undefined);
  });

  it('let the methods of what they decode fail as others do', () => {
    @WebSocket
    class Failing {
      @OnWebSocketMessage(json()) onMessage(_message: unknown) {
        throw new RangeError('mine');
      }
    }
    expect(() => connect(Failing).handler.onData(frame('Text', '1'))).to.throw(RangeError, 'mine');
  });
});
