import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import { TrafficLog, type TrafficLogOptions } from 'moorage/operations';
import { TestBench } from 'moorage/testing';
import { shownBytes, shownText } from '#moorage/operations/payload-excerpt.js';
import { afterTest, putAwayAfterEach } from '../server/serving.js';

@WebSocket({ path: '/chat/{room}' })
class Chat {
  @OnWebSocketMessage
  onText(session: Session, text: string): string | undefined {
    if (text === 'fail') throw new Error('line one\nline two');
    if (text === 'parts') {
      void session.sendPartialText('one ', false);
      void session.sendPartialText('two', true);
      return undefined;
    }
    if (text === 'close') {
      session.close(4000, 'a "reason"');
      return undefined;
    }
    return text;
  }

  @OnWebSocketMessage
  onBinary(data: Buffer): Buffer {
    return data;
  }
}

describe('The traffic log', () => {
  putAwayAfterEach();

  const logging = (options: Partial<TrafficLogOptions> = {}, more: object = {}) => {
    const lines: string[] = [];
    const log = new TrafficLog({ write: (line) => void lines.push(line), ...options });
    const bench = new TestBench({ instruments: [log], onEvent: () => {}, ...more });
    afterTest(() => bench.close());
    return { bench, lines };
  };

  it('has a line for each thing that happens on a connection', async () => {
    const { bench, lines } = logging();
    const peer = await bench.connect(Chat, '/chat/blue?token=secret');
    const { id } = peer.session;
    peer.sendText('hello');
    peer.sendBinary(Buffer.from([1, 2, 255]));
    peer.sendPing('hey');
    await bench.settle();
    void peer.session.sendPing(Buffer.from('there?'));
    await bench.settle();
    peer.sendClose(1000, 'bye');
    await bench.settle();
    expect(lines).to.deep.equal([
      `#1 Chat open "/chat/blue" 127.0.0.1 ${id}`,
      '#1 Chat < text 5 "hello"',
      '#1 Chat > text 5 "hello"',
      '#1 Chat < binary 3 <01 02 ff>',
      '#1 Chat > binary 3 <01 02 ff>',
      '#1 Chat < ping 3 <68 65 79>',
      '#1 Chat > ping 6 <74 68 65 72 65 3f>',
      '#1 Chat < pong 6 <74 68 65 72 65 3f>',
      '#1 Chat < close 1000 "bye"',
      '#1 Chat closed 1000 "bye"',
    ]);
  });

  it('numbers connections, and names refusals and failures', async () => {
    const { bench, lines } = logging(
      {},
      { authorize: ({ queryString }: { queryString: string }) => queryString !== 'no' },
    );
    bench.container.addEndpoint(Chat);
    await bench.connect('/chat/a');
    await bench.connect('/chat/b?no').catch(() => {});
    const peer = await bench.connect('/chat/c');
    lines.length = 0;
    await bench.connect('/chat/b?no').catch(() => {});
    peer.sendText('fail');
    await bench.settle();
    expect(lines).to.deep.equal([
      '- Chat refused 403 "/chat/b" 127.0.0.1 "The authorize hook returned false"',
      '#2 Chat < text 4 "fail"',
      '#2 Chat ! connection "Error: line one\\nline two"',
      '#2 Chat closed 1011 "Internal error"',
    ]);
  });

  it('shows Closes of either side', async () => {
    const { bench, lines } = logging();
    const peer = await bench.connect(Chat, '/chat/blue');
    peer.sendText('close');
    await bench.settle();
    expect(lines.slice(2)).to.deep.equal([
      '#1 Chat > close 4000 "a \\"reason\\""',
      '#1 Chat < close 4000 ""',
      '#1 Chat closed 4000 ""',
    ]);
  });

  it('shows a message that comes or goes in parts as one', async () => {
    const { bench, lines } = logging({ maxPayload: 6 });
    const peer = await bench.connect(Chat, '/chat/blue');
    peer.cut(3);
    for (const [opcode, fin, payload] of [
      [1, false, 'pa'],
      [0, false, 'r'],
      [0, true, 'ts'],
    ] as const) {
      peer.sendFrame({ opcode, fin, payload: Buffer.from(payload) });
    }
    await bench.settle();
    expect(lines.slice(1)).to.deep.equal(['#1 Chat < text 5 "parts"', '#1 Chat > text 7 "one tw…"']);
  });

  it('cuts payloads, and says how long they were', async () => {
    const { bench, lines } = logging({ maxPayload: 4 });
    const peer = await bench.connect(Chat, '/chat/blue');
    peer.sendText('äöü');
    peer.sendText('four');
    peer.sendBinary(Buffer.from([1, 2, 3, 4, 5]));
    await bench.settle();
    expect(
      lines.filter((line) => line.includes('<')).map((line) => line.replace(/^.*? (text|binary)/, '$1')),
    ).to.include.members(['text 6 "äö…"', 'text 4 "four"', 'binary 5 <01 02 03 04…>']);
  });

  it('can leave payloads out', async () => {
    const { bench, lines } = logging({ maxPayload: 0 });
    const peer = await bench.connect(Chat, '/chat/blue');
    peer.sendText('hello');
    await bench.settle();
    expect(lines[1]).to.equal('#1 Chat < text 5 "…"');
  });

  it('is never misled by what a peer sends', async () => {
    const { bench, lines } = logging();
    const peer = await bench.connect(Chat, '/chat/blue');
    peer.sendText('x"\n#9 Chat closed 1000 "\r\u001b[2J\u0007\u0085\u202e\u2028');
    await bench.settle();
    expect(lines[1]).to.equal(
      '#1 Chat < text 38 "x\\"\\n#9 Chat closed 1000 \\"\\r\\u001b[2J\\u0007\\u0085\\u202e\\u2028"',
    );
  });

  it('is one line of printable characters for any text and any bytes', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    const odd = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(80), (bytes, most) => {
        for (const line of [shownText(Buffer.from(bytes), most), shownBytes(Buffer.from(bytes), most)]) {
          if (odd.test(line)) throw new Error(line);
        }
      }),
    );
    const characters = fc.oneof(fc.nat(0x3000), fc.integer({ min: 0x10000, max: 0x1ffff }));
    const texts = fc.array(characters, { maxLength: 40 }).map((codes) => String.fromCodePoint(...codes));
    fc.assert(
      fc.property(texts, fc.nat(80), (text, most) => {
        const shown = shownText(Buffer.from(text), most);
        const back = JSON.parse(shown.replace(/…"$/, '"')) as string;
        const isCut = Buffer.byteLength(text) > most;
        return (
          !odd.test(shown) &&
          (isCut ? Buffer.byteLength(back) <= most && Buffer.byteLength(back) > most - 4 : true) &&
          Buffer.from(text).toString().startsWith(back)
        );
      }),
    );
  });

  describe('with a redaction', () => {
    it('shows what that gives, cut afterwards', async () => {
      const { bench, lines } = logging({
        maxPayload: 24,
        redact: (payload) =>
          typeof payload === 'string' ? payload.replace(/"token":"[^"]*"/, '"token":"…"') : payload.subarray(0, 1),
      });
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('{"token":"a secret that is longer than what is shown","a":1}');
      peer.sendBinary(Buffer.from([1, 2, 3]));
      await bench.settle();
      expect(lines[1]).to.equal('#1 Chat < text 60 "{\\"token\\":\\"…\\",\\"a\\":1}"');
      expect(lines[3]).to.equal('#1 Chat < binary 3 <01>');
    });

    it('is told whose message it is', async () => {
      const asked: string[] = [];
      const { bench } = logging({
        redact(payload, { endpoint, direction, kind, session }) {
          asked.push(`${endpoint} ${session.pathParameters['room']} ${direction} ${kind} ${payload}`);
          return payload;
        },
      });
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendFrame({ opcode: 1, fin: false, payload: Buffer.from('in ') });
      peer.sendFrame({ opcode: 0, payload: Buffer.from('two') });
      await bench.settle();
      expect(asked).to.deep.equal(['Chat blue received text in two', 'Chat blue sent text in two']);
    });

    it('shows nothing where it fails', async () => {
      const { bench, lines } = logging({
        redact: () => {
          throw new Error('no');
        },
      });
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendText('secret');
      await peer.expectText('secret');
      expect(lines[1]).to.equal('#1 Chat < text 6 [not shown: redact failed]');
      expect(lines.join()).to.not.contain('secret');
    });

    it('does not change the message', async () => {
      const { bench } = logging({ redact: (payload) => (typeof payload === 'string' ? '' : payload.fill(0)) });
      const peer = await bench.connect(Chat, '/chat/blue');
      peer.sendBinary(Buffer.from([1, 2, 3]));
      await peer.expectBinary(Buffer.from([1, 2, 3]));
    });
  });

  it('can be of some sessions only', async () => {
    const { bench, lines } = logging({ only: (session) => session.upgradeRequest.query.has('debug') });
    const peers = [await bench.connect(Chat, '/chat/a'), await bench.connect(Chat, '/chat/b?debug')];
    for (const peer of peers) peer.sendText('hello');
    await bench.connect('/nowhere').catch(() => {});
    await bench.settle();
    expect(lines.map((line) => line.replace(/ \S+ \S+-.*$/, ''))).to.deep.equal([
      '#1 Chat open "/chat/b"',
      '#1 Chat < text 5 "hello"',
      '#1 Chat > text 5 "hello"',
    ]);
  });

  it('refuses options that can’t be', () => {
    for (const [options, message] of [
      [{}, 'write is missing. Accepted: a function.'],
      [{ write: console }, 'write is an object. Accepted: a function.'],
      [{ write: () => {}, maxPayload: -1 }, 'a whole number of bytes from 0 to 16384'],
      [{ write: () => {}, maxPayload: 20_000 }, 'a whole number of bytes from 0 to 16384'],
    ] as const) {
      expect(() => new TrafficLog(options as unknown as TrafficLogOptions)).to.throw(ConfigurationError, message);
    }
  });
});
