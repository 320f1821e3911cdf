import { expect } from 'chai';
import { type Decoder, EndpointError, json, listener, WebSocketClient, type WebSocketListener } from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { connect } from './connect.js';
import { endpointContract } from './endpoint-contract.js';
import * as endpoints from './endpoints.listeners.js';
import { frame } from './fake-channel.js';

describe('Listeners', () => {
  endpointContract(
    async () => endpoints,
    (type) => {
      const instance = new type();
      return connect(type, { instance, endpoint: listener(instance as WebSocketListener) });
    },
  );

  it('can be plain objects, with state of their own', async () => {
    const counter = {
      count: 0,
      onWebSocketText() {
        this.count += 1;
        return `${this.count}`;
      },
    };
    const { handler, channel } = connect(Object, { instance: counter, endpoint: listener(counter) });
    await handler.onData(frame('Text', 'a'));
    await handler.onData(frame('Text', 'b'));
    expect(channel.asked).to.deep.equal([
      ['text', '1'],
      ['text', '2'],
    ]);
  });

  it('take messages in parts', async () => {
    const log: unknown[] = [];
    const partial: WebSocketListener = {
      onWebSocketPartialText: (_session, part, last) => void log.push([part, last]),
      onWebSocketPartialBinary: (_session, part, last) => void log.push([[...part], last]),
    };
    const { handler } = connect(Object, { instance: partial, endpoint: listener(partial) });
    await handler.onData(frame('Text', 'he', { fin: false }));
    await handler.onData(frame('Continuation', 'llo'));
    await handler.onData(frame('Binary', [1, 2]));
    expect(log).to.deep.equal([
      ['he', false],
      ['llo', true],
      [[1, 2], true],
    ]);
    expect(compileEndpoint(listener(partial)).table).not.to.equal(
      compileEndpoint(listener({ onWebSocketText() {}, onWebSocketBinary() {} })).table,
    );
  });

  it('register only the methods that are there', () => {
    const { table } = compileEndpoint(
      listener({ onWebSocketPing: () => undefined, onWebSocketText: undefined } as object),
    );
    const { ping, ...others } = table;
    expect(ping).to.be.a('function');
    expect(Object.values(others).filter((slot) => typeof slot === 'function' && slot !== Error)).to.deep.equal([]);
  });

  it('share a table with all that have the same methods', () => {
    const tableOf = (given: object) => compileEndpoint(listener(given)).table;
    expect(tableOf(new endpoints.Base())).to.equal(tableOf({ onWebSocketText: () => '' }));
    expect(tableOf(new endpoints.Base())).not.to.equal(tableOf(new endpoints.Frames()));
  });

  it('share no table with those that have codecs of their own', () => {
    const given = { onWebSocketDecoded: (_session: unknown, message: unknown) => message as object };
    const { table } = compileEndpoint(listener(given));
    expect(compileEndpoint(listener({ ...given }))).to.have.property('table', table);
    expect(compileEndpoint(listener(given, { decoders: [json()] })).table).not.to.equal(table);
    expect(compileEndpoint(listener(given, { encoders: [json()] })).table).not.to.equal(table);
    expect(compileEndpoint(listener(given)).table).to.equal(table);
  });

  it('have a name, a path and options', () => {
    const instance = new endpoints.Base();
    const options = { path: '/base', idleTimeout: 1_000 };
    const compiled = compileEndpoint(listener(instance, options));
    expect(compiled).to.include({ name: 'Base', path: '/base', stateless: true, target: instance });
    expect(compiled.options).to.deep.equal(options);
    expect(compileEndpoint(listener({ onWebSocketText() {} }))).to.include({ name: 'listener', path: undefined });
  });

  describe('are refused', () => {
    const methods =
      'onWebSocketConnect, onWebSocketText, onWebSocketPartialText, onWebSocketTextStream, onWebSocketTextWebStream, ' +
      'onWebSocketBinary, onWebSocketPartialBinary, onWebSocketBinaryStream, onWebSocketBinaryWebStream, ' +
      'onWebSocketFrame, onWebSocketPing, onWebSocketPong, onWebSocketError, onWebSocketClose, onWebSocketDecoded';
    for (const [title, given, problems] of [
      [
        'with a slip in a name',
        { onWebSocketTxt() {}, onWebSocketPing() {} },
        ['onWebSocketTxt is not a method of a listener. Did you mean onWebSocketText?'],
      ],
      [
        'with a slip in the case of a name',
        { onWebsocketText() {} },
        ['onWebsocketText is not a method of a listener. Did you mean onWebSocketText?'],
      ],
      [
        'with the names of other stacks',
        { onWebSocketOpen() {}, onWebSocketMessage() {}, onWebSocketDisconnect() {} },
        [
          'onWebSocketOpen is not a method of a listener. Did you mean onWebSocketConnect?',
          'onWebSocketMessage is not a method of a listener. Did you mean onWebSocketText, onWebSocketBinary or, for objects, onWebSocketDecoded?',
          'onWebSocketDisconnect is not a method of a listener. Did you mean onWebSocketClose?',
        ],
      ],
      [
        'with a name that is near to none',
        { onWebSocketUpgradeRequestRefused() {} },
        [`onWebSocketUpgradeRequestRefused is not a method of a listener. The methods are ${methods}.`],
      ],
      [
        'with a handler that is no function',
        { onWebSocketText: 'hello', onWebSocketPing: null },
        [
          'onWebSocketText is "hello". Make it a method, or leave it out.',
          'onWebSocketPing is null. Make it a method, or leave it out.',
        ],
      ],
      [
        'with two handlers of the same messages',
        { onWebSocketText() {}, onWebSocketPartialText() {} },
        ['onWebSocketText and onWebSocketPartialText both handle the same messages, and one must. Remove one.'],
      ],
      [
        'with two forms of streams of the same messages',
        { onWebSocketBinaryStream() {}, onWebSocketBinaryWebStream() {} },
        [
          'onWebSocketBinaryStream and onWebSocketBinaryWebStream both handle the same messages, and one must. Remove one.',
        ],
      ],
      [
        'with a decoder that leaves nothing to another handler',
        { onWebSocketDecoded() {}, onWebSocketText() {} },
        [
          'The decoder json takes every text message, so that onWebSocketText would never get one. Remove one of them, or give json a willDecode.',
        ],
      ],
      [
        'with no handler at all',
        { onMessage() {} },
        [`It has no method that handles an event. The methods of a listener are ${methods}.`],
      ],
      [
        'when they are no object',
        'onWebSocketText',
        [
          'It is "onWebSocketText". A listener is an object with methods, such as { onWebSocketText(session, text) { … } }.',
        ],
      ],
    ] as const) {
      it(title, () => {
        expect(() => compileEndpoint(listener(given as object)))
          .to.throw(EndpointError, /^The listener can't be registered as a WebSocket endpoint:/)
          .with.deep.property('problems', problems);
      });
    }

    it('with decoders whose messages nobody takes', () => {
      expect(() => compileEndpoint(listener({ onWebSocketText() {} }, { decoders: [json()] }))).to.throw(
        EndpointError,
        'Its options have decoders, and it has no onWebSocketDecoded to take what they make. Add it, or leave them out.',
      );
    });

    it('with a decoder that must see whole what is taken as a stream', () => {
      const odd: Decoder<string> = { name: 'odd', from: 'text', willDecode: () => false, decode: (text) => text };
      expect(() =>
        compileEndpoint(listener({ onWebSocketDecoded() {}, onWebSocketTextStream() {} }, { decoders: [odd] })),
      ).to.throw(
        EndpointError,
        'onWebSocketTextStream takes text messages while they arrive, but a decoder must see them whole to say whether it takes them.',
      );
    });

    it('with a slip that is inherited', () => {
      class Slip {
        onWebSocketPong() {}
        onWebSocketPingg() {}
      }
      expect(() => compileEndpoint(listener(new (class extends Slip {})() as object))).to.throw(
        'onWebSocketPingg is not a method of a listener. Did you mean onWebSocketPing?',
      );
    });

    it('with options that are none', () => {
      expect(() => compileEndpoint(listener({ onWebSocketText() {} }, { idelTimeout: 1 } as object))).to.throw(
        EndpointError,
        'idelTimeout is not an option. Did you mean idleTimeout?',
      );
    });

    it('when a function makes them, and there is only one connection', async () => {
      const client = new WebSocketClient();
      const failure = await client
        .connect(
          listener(() => ({})),
          'ws://127.0.0.1:1/',
        )
        .catch((cause: unknown) => cause);
      expect(failure).to.be.instanceOf(EndpointError);
      expect(String(failure)).to.contain(
        'Where there is only one connection, give the listener itself: listener({ … }).',
      );
    });
  });
});
