import { expect } from 'chai';
import { deflateFrame } from '#moorage/protocol/extensions/deflate-frame.js';
import type { AgreedExtension, Extension } from '#moorage/protocol/extensions/extension.js';
import { fragment } from '#moorage/protocol/extensions/fragment.js';
import { identity } from '#moorage/protocol/extensions/identity.js';
import { confirmExtensions, offerExtensions } from '#moorage/protocol/extensions/negotiation.js';
import { perMessageDeflate } from '#moorage/protocol/extensions/permessage-deflate.js';
import { agreedOn, answerTo, RecordedStack } from './stack.js';

/** Puts its name around what it sends, and takes it off what it receives. */
function bracket(name: string, rsv?: Extension['rsv']): Extension {
  const agreed: AgreedExtension = {
    parameters: [],
    shareKey: '',
    create: () => ({
      send: (frame, next) => next({ ...frame, payload: Buffer.from(`${name}(${Buffer.from(frame.payload)})`) }),
      receive: (frame, next) => {
        expect(frame.payload.toString().startsWith(`${name}(`), `${name} has its turn`).to.equal(true);
        return next(Object.create(frame, { payload: { value: frame.payload.subarray(name.length + 1, -1) } }));
      },
    }),
  };
  return {
    name,
    ...(rsv === undefined ? {} : { rsv }),
    accept: ([first]) => (first?.name === 'no' ? null : agreed),
    offers: () => [[]],
    confirm: () => agreed,
  };
}

const RSV1 = { first: 4, continuation: 0 };

describe('Negotiating extensions (RFC 6455 §9.1)', () => {
  it('answers in the client’s order, whatever the server’s', () => {
    expect(answerTo('bar, foo', bracket('foo'), bracket('bar'))).to.equal('bar, foo');
  });

  it('agrees on nothing where nothing is offered, supported or accepted', () => {
    expect(agreedOn('', bracket('foo'))).to.equal(null);
    expect(agreedOn('foo')).to.equal(null);
    expect(agreedOn('bar', bracket('foo'))).to.equal(null);
    expect(agreedOn('foo; no', bracket('foo'))).to.equal(null);
  });

  it('takes each extension once: the first offer that is accepted', () => {
    expect(answerTo('foo; no, foo, foo', bracket('foo'))).to.equal('foo');
  });

  it('gives an RSV bit to the first that claims it, and declines the others', () => {
    const [foo, bar, baz] = [
      bracket('foo', RSV1),
      bracket('bar', { first: 0, continuation: 4 }),
      bracket('baz', { first: 2, continuation: 2 }),
    ];
    expect(answerTo('foo, bar, baz', foo, bar, baz)).to.equal('foo, baz');
    expect(answerTo('bar, foo', foo, bar)).to.equal('bar');
    expect(answerTo('foo; no, bar', foo, bar)).to.equal('bar');
    expect(agreedOn('foo, baz', foo, baz)?.rsv).to.deep.equal({ first: 6, continuation: 2 });
    expect(answerTo('deflate-frame, permessage-deflate', perMessageDeflate(), deflateFrame())).to.equal(
      'deflate-frame; no_context_takeover',
    );
  });

  it('sends through the extensions as they are listed, the last one nearest the wire, and receives the other way', async () => {
    const stack = new RecordedStack(agreedOn('foo, bar', bracket('foo'), bracket('bar')) as never);
    const frames = await stack.send('data');
    expect(frames.map(({ payload }) => Buffer.from(payload).toString())).to.deep.equal(['bar(foo(data))']);
    expect(await stack.receive(frames)).to.equal('data');
  });

  it('shares what it encodes only where all extensions can', () => {
    const { shareKey: _, ...unsharing } = bracket('foo').confirm([]);
    const foo = { ...bracket('foo'), accept: () => unsharing };
    expect(agreedOn('bar', bracket('bar'))?.shareKey).to.equal('bar:');
    expect(agreedOn('bar, foo', foo, bracket('bar'))?.shareKey).to.equal(null);
  });

  describe('as a client', () => {
    it('offers each in turn', () => {
      expect(offerExtensions([identity, fragment({ maxLength: 4096 })])).to.equal('identity, fragment; maxLength=4096');
      expect(offerExtensions([])).to.equal('');
    });

    it('asks an extension as what it is, a class’s instance also', () => {
      class Levelled {
        readonly name = 'x-levelled';
        constructor(readonly level: number) {}
        offers() {
          return [[{ name: 'level', value: `${this.level}` }]];
        }
        accept() {
          return null;
        }
        confirm(): AgreedExtension {
          throw new Error('not asked');
        }
      }
      expect(offerExtensions([new Levelled(3)])).to.equal('x-levelled; level=3');
    });

    it('confirms none, or those of the answer in its order', () => {
      expect(confirmExtensions('', [identity])).to.equal(null);
      expect(confirmExtensions('bar, foo', [bracket('foo'), bracket('bar')])?.text).to.equal('bar, foo');
    });

    for (const [why, answer, code] of [
      ['can’t be read', 'foo;;', 'MOORAGE_EXTENSION_UNREADABLE'],
      ['has what was not offered', 'other', 'MOORAGE_EXTENSION_NOT_OFFERED'],
      ['has an extension twice', 'foo, foo', 'MOORAGE_EXTENSION_CONFLICT'],
      ['has two that claim a bit', 'foo, bar', 'MOORAGE_EXTENSION_CONFLICT'],
    ] as const) {
      it(`refuses an answer that ${why}`, () => {
        const offered = [bracket('foo', RSV1), bracket('bar', RSV1)];
        expect(() => confirmExtensions(answer, offered))
          .to.throw()
          .with.property('code', code);
      });
    }
  });
});

describe('The extension identity', () => {
  it('changes nothing', async () => {
    const stack = new RecordedStack(agreedOn('identity', identity) as never);
    const frames = await stack.send('data', { fin: false });
    expect(frames).to.deep.equal([{ opcode: 1, fin: false, rsv: 0, payload: Buffer.from('data') }]);
    expect(await stack.receive(frames)).to.equal('data');
  });

  it('takes no parameters', () => {
    expect(answerTo('identity; a', identity)).to.equal('');
  });
});

describe('The extension fragment', () => {
  it('sends frames of at most maxLength bytes', async () => {
    const stack = new RecordedStack(agreedOn('fragment; maxLength=4', fragment({ minLength: 1 })) as never);
    expect(
      (await stack.send('0123456789')).map((frame) => [frame.opcode, frame.fin, frame.payload.toString()]),
    ).to.deep.equal([
      [1, false, '0123'],
      [0, false, '4567'],
      [0, true, '89'],
    ]);
    expect((await stack.send('0123')).map(({ fin }) => fin)).to.deep.equal([true]);
    expect((await stack.send('01234', { fin: false })).map(({ fin }) => fin)).to.deep.equal([false, false]);
    expect(await stack.send('')).to.have.length(1);
  });

  it('lets a client ask for shorter frames than its own, down to minLength', () => {
    const extension = fragment({ maxLength: 8192 });
    expect(answerTo('fragment; maxLength=2048', extension)).to.equal('fragment; maxLength=2048');
    expect(answerTo('fragment; maxLength=99999', extension)).to.equal('fragment; maxLength=8192');
    expect(answerTo('fragment', extension)).to.equal('fragment; maxLength=8192');
    // A frame for every byte would make messages many times as large.
    for (const refused of [
      'maxLength=1023',
      'maxLength=0',
      'maxLength=-1',
      'maxLength=4k',
      'maxLength',
      'maxlength=4096',
      'maxLength=4096; maxLength=4096',
    ]) {
      expect(answerTo(`fragment; ${refused}`, extension), refused).to.equal('');
    }
  });

  it('refuses a server’s answer that is too short', () => {
    expect(() => confirmExtensions('fragment; maxLength=1', [fragment()])).to.throw(
      'a maxLength that is no number from 1024 on',
    );
  });

  it('refuses lengths that can’t be', () => {
    expect(() => fragment({ maxLength: 0 })).to.throw(
      RangeError,
      'fragment({ maxLength: 0 }): it takes a whole number of bytes from 1.',
    );
  });

  it('cuts compressed messages, of which RSV1 stands on the first frame only', async () => {
    const offer = 'permessage-deflate, fragment; maxLength=1';
    const stack = new RecordedStack(
      agreedOn(offer, perMessageDeflate({ threshold: 0 }), fragment({ minLength: 1 })) as never,
    );
    const frames = await stack.send('abcabcabcabcabcabcabc');
    expect(frames.length).to.be.above(3);
    expect(frames.map(({ rsv }) => rsv)).to.deep.equal([4, ...Array(frames.length - 1).fill(0)]);
    expect(await stack.receive(frames)).to.equal('abcabcabcabcabcabcabc');
  });

  it('leaves frames whole that are compressed one by one', async () => {
    const offer = 'deflate-frame, fragment; maxLength=1';
    const stack = new RecordedStack(
      agreedOn(offer, deflateFrame({ threshold: 0 }), fragment({ minLength: 1 })) as never,
    );
    expect(await stack.send('abcabcabcabcabcabcabc')).to.have.length(1);
  });

  it('waits for what takes its time before it sends the next fragment', async () => {
    const order: string[] = [];
    const instance = fragment({ minLength: 1 })
      .confirm([{ name: 'maxLength', value: '2' }])
      .create({ limits: {} as never, rsv: RSV1, wantsPieces: () => false });
    await instance.send({ opcode: 1, fin: true, rsv: 0, payload: Buffer.from('abcde') }, async ({ payload }) => {
      order.push(`begin ${payload}`);
      await Promise.resolve();
      order.push(`end ${payload}`);
    });
    expect(order).to.deep.equal(['begin ab', 'end ab', 'begin cd', 'end cd', 'begin e', 'end e']);
  });
});
