import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { json, type StandardSchema } from 'moorage';
import {
  DecodeException,
  Decoder,
  EncodeException,
  Encoder,
  EndpointConfig,
  OnError,
  OnMessage,
  OnOpen,
  ServerEndpoint,
} from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';

class Move {
  constructor(readonly to: string) {}
}

class Say {
  constructor(readonly text: string) {}
}

class MoveDecoder extends Decoder.Text<Move> {
  override willDecode(text: string) {
    return text.startsWith('move ');
  }
  decode(text: string) {
    if (text === 'move ') throw new Error('whereto?');
    return new Move(text.slice(5));
  }
}

class SayDecoder extends Decoder.Text<Say> {
  override init(config: EndpointConfig) {
    config.getUserProperties().set('made by', 'SayDecoder');
  }
  override willDecode(text: string) {
    return text.startsWith('say ');
  }
  decode(text: string) {
    return new Say(text.slice(4));
  }
}

class BytesDecoder extends Decoder.Binary<Move> {
  decode(data: Buffer) {
    return new Move(`byte ${data[0]}`);
  }
}

class MoveEncoder extends Encoder.Text<Move> {
  override readonly type = Move;
  encode(move: Move) {
    if (move.to === 'nowhere') throw new Error('no such place');
    return `moved ${move.to}`;
  }
}

class SayEncoder extends Encoder.BinaryStream<Say> {
  override willEncode(value: unknown) {
    return value instanceof Say;
  }
  async *encode({ text }: Say) {
    for (const letter of text) yield Buffer.from(letter);
  }
}

@ServerEndpoint({
  value: '/game',
  decoders: [MoveDecoder, new SayDecoder(), BytesDecoder],
  encoders: [MoveEncoder, SayEncoder],
  onDecodeError: 'ignore',
})
class Game {
  static errors: Error[] = [];
  static config: EndpointConfig;

  @OnOpen onOpen(config: EndpointConfig) {
    Game.config = config;
  }
  @OnMessage onMove(move: Move) {
    return move;
  }
  @OnMessage onSay(say: Say): unknown {
    return say;
  }
  @OnError onError(cause: Error) {
    Game.errors.push(cause);
  }
}

class LinesDecoder extends Decoder.TextStream<Say> {
  async decode(stream: Readable) {
    let lines = 1;
    for await (const chunk of stream) lines += (chunk as string).split('\n').length - 1;
    return new Say(`${lines} lines`);
  }
}

class SizeDecoder extends Decoder.BinaryStream<Move> {
  async decode(stream: Readable) {
    let bytes = 0;
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
    return new Move(`${bytes} bytes`);
  }
}

class LettersEncoder extends Encoder.TextStream<Say> {
  override readonly type = Say;
  async *encode({ text }: Say) {
    yield* text;
  }
}

class MoveBytes extends Encoder.Binary<Move> {
  override readonly type = Move;
  encode({ to }: Move) {
    return Buffer.from(to);
  }
}

@ServerEndpoint({ value: '/streams', decoders: [LinesDecoder, SizeDecoder], encoders: [LettersEncoder, MoveBytes] })
class Streams {
  @OnMessage onSay(say: Say): unknown {
    return say;
  }
  @OnMessage onMove(move: Move): unknown {
    return move;
  }
}

@ServerEndpoint('/numbers')
class Numbers {
  @OnMessage onNumber(value: number): unknown {
    return value * 2;
  }
}

@ServerEndpoint('/flags')
class Flags {
  @OnMessage onFlag(value: boolean): unknown {
    return !value;
  }
}

@ServerEndpoint('/bigints')
class BigInts {
  @OnMessage onBigInt(value: bigint): unknown {
    return value + 1n;
  }
}

const anything: StandardSchema<unknown, { readonly a: number }> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as { a: number } }) },
};

@ServerEndpoint({ value: '/json', encoders: [json()] })
class Json {
  @OnMessage({ as: json(anything), maxMessageSize: 20 }) onJson({ a }: { readonly a: number }) {
    return { b: a };
  }
}

@ServerEndpoint('/parts')
class Parts {
  @OnMessage onPart(part: string, last: boolean): string | undefined {
    return last ? `last ${part}` : undefined;
  }
  @OnMessage({ maxMessageSize: 3 }) onBytes(bytes: Uint8Array) {
    return bytes;
  }
}

describe("Messages of Jakarta's endpoints", () => {
  let bench: TestBench;

  beforeEach(() => {
    Game.errors = [];
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  it('are decoded to the class that a parameter asks for, by the first decoder that will', async () => {
    const peer = await bench.connect(Game, '/game');
    peer.sendText('move left');
    await peer.expectText('moved left');
    peer.sendText('say hi');
    await peer.expectBinary(Buffer.from('hi'));
    peer.sendBinary(Uint8Array.of(7));
    await peer.expectText('moved byte 7');
  });

  it('are read by streaming decoders as they arrive, and written by streaming encoders', async () => {
    const peer = await bench.connect(Streams, '/streams');
    peer.sendFrame({ opcode: 1, payload: 'a\nb', fin: false });
    peer.sendFrame({ opcode: 0, payload: '\nc' });
    await peer.expectText('3 lines');
    peer.sendFrame({ opcode: 2, payload: Uint8Array.of(1, 2), fin: false });
    peer.sendFrame({ opcode: 0, payload: Uint8Array.of(3) });
    await peer.expectBinary(Buffer.from('3 bytes'));
  });

  it('that no decoder takes, or one fails on, go to @OnError with a stable code', async () => {
    const peer = await bench.connect(Game, '/game');
    peer.sendText('jump');
    peer.sendText('move ');
    await peer.expectNothing();
    const [first, second] = Game.errors as [DecodeException, DecodeException];
    expect(first).to.be.instanceOf(DecodeException);
    expect(first).to.include({ code: 'MOORAGE_NO_DECODER', codec: 'MoveDecoder, SayDecoder' });
    expect(second).to.include({ code: 'MOORAGE_DECODE_FAILED', codec: 'MoveDecoder' });
    expect(second.cause).to.include({ message: 'whereto?' });
  });

  it('that an encoder fails on are an EncodeException', async () => {
    const peer = await bench.connect(Game, '/game');
    peer.sendText('move nowhere');
    await peer.expectClose(1011);
    expect(Game.errors[0]).to.be.instanceOf(EncodeException);
    expect(Game.errors[0]).to.include({ code: 'MOORAGE_ENCODE_FAILED', codec: 'MoveEncoder' });
  });

  it('have codecs that saw the configuration once, which sessions begin with', async () => {
    await bench.connect(Game, '/game');
    expect(Game.config.getUserProperties().get('made by')).to.equal('SayDecoder');
    expect(Game.config.getPath()).to.equal('/game');
    expect(Game.config.getEndpointClass()).to.equal(Game);
    expect(Game.config.getSubprotocols()).to.deep.equal([]);
    expect(Game.config.getDecoders().map(({ name }) => name)).to.deep.equal([
      'MoveDecoder',
      'SayDecoder',
      'BytesDecoder',
    ]);
    expect(Game.config.getEncoders().map(({ name }) => name)).to.deep.equal(['MoveEncoder', 'SayEncoder', 'primitive']);
    expect(Game.config.getConfigurator()).to.equal(undefined);
  });

  const primitives = [
    [Numbers, '/numbers', '21', '42'],
    [Numbers, '/numbers', '-1.5e1', '-30'],
    [Flags, '/flags', 'true', 'false'],
    [BigInts, '/bigints', '9007199254740993', '9007199254740994'],
  ] as const;
  for (const [type, path, sent, received] of primitives) {
    it(`can be a primitive: ${path} with ${sent}`, async () => {
      const peer = await bench.connect(type, path);
      peer.sendText(sent);
      await peer.expectText(received);
    });
  }

  const noPrimitives = [
    [Numbers, '/numbers', '0x10'],
    [Numbers, '/numbers', ''],
    [Flags, '/flags', 'yes'],
    [BigInts, '/bigints', '1.5'],
  ] as const;
  for (const [type, path, sent] of noPrimitives) {
    it(`are refused as what is no such primitive: ${path} with ${JSON.stringify(sent)}`, async () => {
      const peer = await bench.connect(type, path);
      peer.sendText(sent);
      await peer.expectClose(1007);
    });
  }

  it("use Moorage's own codecs as well, and are limited", async () => {
    const peer = await bench.connect(Json, '/json');
    peer.sendText('{"a":1}');
    await peer.expectJson({ b: 1 });
    peer.sendText('{"a":1234567890123456}');
    await peer.expectClose(1009);
  });

  it('come in parts, and in the form of bytes that is asked for', async () => {
    const peer = await bench.connect(Parts, '/parts');
    peer.sendFrame({ opcode: 1, payload: 'one', fin: false });
    peer.sendFrame({ opcode: 0, payload: 'two' });
    await peer.expectText('last two');
    peer.sendBinary(Uint8Array.of(1, 2, 3));
    await peer.expectBinary(Uint8Array.of(1, 2, 3));
    peer.sendBinary(Uint8Array.of(1, 2, 3, 4));
    await peer.expectClose(1009);
  });
});
