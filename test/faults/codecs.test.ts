import { expect } from 'chai';
import { type Decoder, type Encoder, json, listener, type StandardSchema } from 'moorage';
import { putAwayAfterEach, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';
import { FAULTS, type Fault, NEVER, THROWING } from './faults.js';
import { type Beside, beside, ProcessWatch, unchecked } from './watch.js';

/** What a codec's functions are replaced by. */
type Fail = () => unknown;

const decoder = (parts: Partial<Record<'decode' | 'willDecode', Fail>>, from = 'text'): Decoder =>
  ({ name: 'faulty', from, decode: (message: unknown) => message, ...parts }) as unknown as Decoder;
const encoder = (parts: Partial<Record<'encode' | 'willEncode', Fail>>): Encoder =>
  ({
    name: 'faulty',
    willEncode: (value: unknown) => typeof value === 'object',
    encode: () => 'x',
    ...parts,
  }) as Encoder;
const schema = (validate: Fail): StandardSchema =>
  ({ '~standard': { version: 1, vendor: 'faulty', validate } }) as StandardSchema;

const taking = (decoders: readonly Decoder[]) => unchecked({ onWebSocketDecoded: () => undefined }, { decoders });
const answering = (encoders: readonly Encoder[], answer: unknown = {}) =>
  unchecked({ onWebSocketText: () => answer }, { encoders });

interface Codec {
  readonly what: string;
  readonly endpoint: (fail: Fail) => ReturnType<typeof listener>;
  readonly codes: readonly number[];
  readonly faults?: readonly Fault[];
  /** Where it may take its time. */
  readonly asynchronous?: boolean;
}

const CODECS: readonly Codec[] = [
  {
    what: "a decoder's decode",
    endpoint: (decode) => taking([decoder({ decode })]),
    codes: [1007],
    faults: THROWING,
  },
  {
    what: "a stream decoder's decode",
    endpoint: (decode) => taking([decoder({ decode }, 'text-stream')]),
    codes: [1007],
    asynchronous: true,
  },
  {
    what: "a decoder's willDecode",
    endpoint: (willDecode) => taking([decoder({ willDecode })]),
    codes: [1007, 1011],
    faults: THROWING,
  },
  {
    what: "a schema's validate",
    endpoint: (validate) => taking([json(schema(validate))]),
    codes: [1011], // The failure is the schema's, not the message's.
    asynchronous: true,
  },
  {
    what: "an encoder's encode, for a reply",
    endpoint: (encode) => answering([encoder({ encode })]),
    codes: [1011],
    asynchronous: true,
  },
  {
    what: "an encoder's willEncode, for a reply",
    endpoint: (willEncode) => answering([encoder({ willEncode })]),
    codes: [1011],
    faults: THROWING,
  },
  {
    what: 'a generator that is returned',
    endpoint: (fail) =>
      unchecked({
        *onWebSocketText() {
          fail();
          yield 'never';
        },
      }),
    codes: [1011],
    faults: THROWING,
  },
  {
    what: 'an asynchronous generator that is returned',
    endpoint: (fail) =>
      unchecked({
        async *onWebSocketText() {
          await fail();
          yield 'never';
        },
      }),
    codes: [1011],
    asynchronous: true,
  },
  {
    what: "an object's toJSON",
    endpoint: (toJSON) => answering([json()], { toJSON }),
    codes: [1011],
    faults: THROWING,
  },
];

describe('A codec that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  async function provoke(endpoint: ReturnType<typeof listener>): Promise<{ field: Beside; peer: RawPeer }> {
    const field = await beside((container) => container.addEndpoint('/faulty', endpoint));
    const peer = tracked(await RawPeer.open(field.target, '/faulty'));
    peer.sendText('{}');
    return { field, peer };
  }

  for (const { what, endpoint, codes, faults = FAULTS, asynchronous = false } of CODECS) {
    for (const fault of faults) {
      it(`${what} ${fault.what}: ${codes.join(' or ')}, one report, nobody else hears of it`, async () => {
        const { field, peer } = await provoke(endpoint(fault.fail));
        const close = await peer.readClose();
        expect(codes).to.include(close.code);
        expect(close.reason).to.not.match(/secret/);
        await peer.readEnd();
        await field.events.until((event) => event.type === 'session-closed');
        await field.isUnharmed();
        expect(field.reports().map(({ during }) => during)).to.deep.equal(['connection']);
      });
    }

    if (asynchronous) {
      it(`${what} ${NEVER.what}: the peer may leave`, async () => {
        const { field, peer } = await provoke(endpoint(NEVER.fail));
        peer.sendClose(1000);
        expect((await peer.readClose()).code).to.equal(1000);
        await peer.readEnd();
        await field.isUnharmed();
      });
    }
  }

  const NONSENSE: readonly unknown[] = [
    undefined,
    null,
    0,
    Number.NaN,
    'text',
    true,
    [],
    {},
    () => undefined,
    Symbol('s'),
  ];

  for (const nonsense of NONSENSE) {
    const shown = typeof nonsense === 'object' ? JSON.stringify(nonsense) : String(nonsense);
    it(`whose parts return ${shown}: at most that connection ends`, async () => {
      for (const { endpoint } of CODECS) {
        const { field, peer } = await provoke(endpoint(() => nonsense));
        peer.sendClose(1000);
        const { code } = await peer.readClose();
        expect([1000, 1003, 1007, 1011]).to.include(code);
        await peer.readEnd();
        await field.isUnharmed();
        expect(field.reports().length).to.be.at.most(1);
      }
    });

    it(`whose schema finds ${shown} wrong: at most that connection ends`, async () => {
      const { field, peer } = await provoke(taking([json(schema(() => ({ issues: nonsense })))]));
      peer.sendClose(1000);
      expect([1000, 1007, 1011]).to.include((await peer.readClose()).code);
      await field.isUnharmed();
    });

    it(`whose schema finds [${shown}] wrong: that connection ends`, async () => {
      const { field, peer } = await provoke(taking([json(schema(() => ({ issues: [nonsense] })))]));
      expect([1007, 1011]).to.include((await peer.readClose()).code);
      await field.isUnharmed();
    });
  }
});

describe('A reply that can not be sent', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const REPLIES: readonly (readonly [what: string, reply: unknown])[] = [
    ['a number', 42],
    ['a bigint', 42n],
    ['a symbol', Symbol('secret')],
    ['a function', () => 'secret'],
    ['an object', { secret: true }],
    ['a circular object', circular],
    ['a Date', new Date()],
    ['a Map', new Map()],
    ['an array', ['a', 'b']],
    ['an Error', new Error('secret')],
    ['NaN', Number.NaN],
    ['true', true],
  ];
  for (const [what, reply] of REPLIES) {
    it(`${what}: 1011 and one report, or sent`, async () => {
      const field = await beside((container) =>
        container.addEndpoint('/faulty', unchecked({ onWebSocketText: () => reply })),
      );
      const peer = tracked(await RawPeer.open(field.target, '/faulty'));
      peer.sendText('go');
      peer.sendClose(1000);
      const { code, reason } = await peer.readClose();
      expect([1000, 1011]).to.include(code);
      expect(reason).to.not.match(/secret/);
      await peer.readEnd();
      await field.isUnharmed();
      expect(field.reports()).to.have.length(code === 1011 ? 1 : 0);
    });
  }
});
