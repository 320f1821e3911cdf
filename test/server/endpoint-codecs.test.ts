import { expect } from 'chai';
import {
  creator,
  type Decoder,
  type Encoder,
  EndpointError,
  json,
  listener,
  OnWebSocketMessage,
  WebSocket,
  WebSocketContainer,
} from 'moorage';
import { OnMessage, ServerEndpoint } from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';

const words: Decoder<readonly string[]> = { name: 'words', from: 'text', decode: (text) => text.split(' ') };

const lines: Encoder<readonly string[]> = {
  name: 'lines',
  willEncode: Array.isArray,
  encode: (list) => list.join('\n'),
};

@WebSocket
class Lists {
  @OnWebSocketMessage('decoded')
  onList(list: readonly string[]) {
    return [...list].reverse();
  }
}

@WebSocket({ decoders: [json()], encoders: [json()] })
class OwnCodecs extends Lists {}

@WebSocket
class Texts {
  @OnWebSocketMessage('text')
  onText(text: string) {
    return [text, 'and so on'];
  }
}

const reversing = { onWebSocketDecoded: (_session: unknown, list: readonly string[]) => [...list].reverse() };

describe('Codecs', () => {
  let bench: TestBench;

  beforeEach(() => {
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  async function answerTo(text: string, path = '/lists'): Promise<unknown> {
    const peer = await bench.connect(path);
    peer.sendText(text);
    return peer.expectText();
  }

  describe('given with addEndpoint lie over those of', () => {
    it('a class', async () => {
      bench.container.addEndpoint('/lists', Lists, { decoders: [words], encoders: [lines] });
      expect(await answerTo('a b')).to.equal('b\na');
    });

    it('a class that has its own, which stay where they are not given', async () => {
      bench.container.addEndpoint('/lists', OwnCodecs, { encoders: [lines] });
      expect(await answerTo('["a","b"]')).to.equal('b\na');
      bench.container.addEndpoint('/as-it-is', OwnCodecs);
      expect(await answerTo('["a","b"]', '/as-it-is')).to.equal('["b","a"]');
    });

    it('an instance', async () => {
      bench.container.addEndpoint('/lists', new Lists(), { decoders: [words], encoders: [lines] });
      expect(await answerTo('a b')).to.equal('b\na');
    });

    it('a listener', async () => {
      bench.container.addEndpoint('/lists', listener(reversing, { decoders: [json()] }), {
        decoders: [words],
        encoders: [lines],
      });
      expect(await answerTo('a b')).to.equal('b\na');
    });

    it('a function that makes listeners', async () => {
      bench.container.addEndpoint(
        '/lists',
        listener(() => reversing),
        { decoders: [words], encoders: [lines] },
      );
      expect(await answerTo('a b')).to.equal('b\na');
    });

    it('what a creator chooses', async () => {
      bench.container.addEndpoint(
        '/lists',
        creator(({ query }) => (query.has('class') ? OwnCodecs : query.has('listener') ? listener(reversing) : Texts)),
        { decoders: [words], encoders: [lines] },
      );
      expect(await answerTo('a b', '/lists?class')).to.equal('b\na');
      expect(await answerTo('a b', '/lists?listener')).to.equal('b\na');
      expect(await answerTo('a b')).to.equal('a b\nand so on');
    });
  });

  it('of a listener are those of its options', async () => {
    bench.container.addEndpoint('/lists', listener(reversing, { decoders: [words], encoders: [lines] }));
    expect(await answerTo('a b')).to.equal('b\na');
  });

  it('of listeners that a function makes are those of the function’s options, for each of them', async () => {
    const endpoint = listener(
      (request) => (request.query.has('text') ? { onWebSocketText: () => ['text'] } : { ...reversing }),
      { decoders: [words], encoders: [lines] },
    );
    bench.container.addEndpoint('/lists', endpoint);
    expect(await answerTo('a b')).to.equal('b\na');
    expect(await answerTo('c d')).to.equal('d\nc');
    expect(await answerTo('a b', '/lists?text')).to.equal('text');
  });

  it('of a creator are those of its options', async () => {
    bench.container.addEndpoint(
      '/lists',
      creator(() => new Lists(), { decoders: [words], encoders: [lines] }),
    );
    expect(await answerTo('a b')).to.equal('b\na');
  });

  describe('are refused', () => {
    it('where nothing takes what a decoder makes', () => {
      const container = new WebSocketContainer();
      expect(() => container.addEndpoint('/texts', Texts, { decoders: [words] })).to.throw(
        EndpointError,
        "Its options have decoders, and no method takes what they make. Add one, as in @OnWebSocketMessage('decoded'), or leave them out.",
      );
      expect(() => container.addEndpoint('/texts', listener({ onWebSocketText() {} }), { decoders: [words] })).to.throw(
        EndpointError,
        'it has no onWebSocketDecoded to take what they make',
      );
    });

    it('where they leave nothing to another handler', () => {
      @WebSocket
      class Both {
        @OnWebSocketMessage({ when: 'x' }) onX(_message: object) {}
        @OnWebSocketMessage('binary') onBytes(_data: Buffer) {}
      }
      const greedy: Decoder = { name: 'greedy', from: 'binary', decode: (data) => data };
      expect(() => new WebSocketContainer().addEndpoint('/both', Both, { decoders: [greedy] })).to.throw(
        EndpointError,
        'The decoder greedy takes every binary message, so that onBytes would never get one.',
      );
    });

    it('beside those that @ServerEndpoint reads together with its methods', () => {
      @ServerEndpoint({ value: '/jakarta', encoders: [json()] })
      class Jakarta {
        @OnMessage onText(text: string): unknown {
          return [text];
        }
      }
      expect(() => new WebSocketContainer().addEndpoint('/jakarta', Jakarta, { encoders: [lines] })).to.throw(
        EndpointError,
        'Its decoders and encoders are those of its decorator',
      );
    });
  });

  it('of a Jakarta endpoint with a say in the handshake are its own', async () => {
    @ServerEndpoint({ value: '/jakarta', encoders: [json()], configurator: { checkOrigin: () => true } })
    class Jakarta {
      @OnMessage onText(text: string): unknown {
        return [text];
      }
    }
    bench.container.addEndpoint(Jakarta);
    expect(await answerTo('a', '/jakarta')).to.equal('["a"]');
  });
});
