import { expect } from 'chai';
import { DecodeError, type PreparedMessage } from 'moorage';
import { type Connected, connect as connectDecorated } from './connect.js';
import { frame, piece } from './fake-channel.js';

type Logging = new () => { readonly log: unknown[] };

/** What message-forms.ts, message-forms.standard.ts and message-forms.listeners.ts declare, each in its own way. */
export type FormEndpoints = Readonly<
  Record<'Parts' | 'PlainParts' | 'Streams' | 'WebStreams' | 'Iterables' | 'Decoded' | 'Orders', Logging> &
    Record<'Answers', new () => object>
>;

/** Of the flavours whose methods can say which of several kinds of message they are for. */
export type RoutedEndpoints = FormEndpoints & Readonly<Record<'Routed', Logging>>;

interface ConnectOptions {
  readonly onDecodeError?: 'close' | 'ignore';
}

type Connect = <T extends object>(type: new () => T, options?: ConnectOptions) => Connected<T>;

async function failureOf(handling: () => void | Promise<void>): Promise<unknown> {
  try {
    await handling();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}

/** What every flavour does alike with messages that are not simply whole text or bytes. */
export function messageFormsContract(load: () => Promise<FormEndpoints>, connect: Connect = connectDecorated): void {
  let forms: FormEndpoints;

  before(async () => {
    forms = await load();
  });

  it('give parts as they come, and say which is the last', async () => {
    const { instance, handler, session, channel } = connect(forms.Parts);
    await handler.onData(piece('Text', [0x61, 0xc3], { starts: true, ends: false, fin: false }));
    await handler.onData(piece('Text', [0xa9], { starts: false, ends: true, fin: false }));
    await handler.onData(frame('Continuation', '!'));
    await handler.onData(frame('Binary', [1], { fin: false }));
    await handler.onData(frame('Continuation', []));
    expect(instance.log).to.deep.equal([
      ['text', session, 'a', false],
      ['text', session, 'é', false],
      ['text', session, '!', true],
      ['binary', Buffer.from([1]), false],
      ['binary', Buffer.alloc(0), true],
    ]);
    expect(channel.asked).to.deep.equal([['text', 'all of it']]);
  });

  it('give parts in the form of bytes that is asked for', async () => {
    const { instance, handler, session } = connect(forms.PlainParts);
    await handler.onData(frame('Binary', [1, 2]));
    expect(instance.log).to.deep.equal([[session, Buffer.from([1, 2]), true]]);
  });

  for (const name of ['Streams', 'WebStreams', 'Iterables'] as const) {
    it(`give messages as they arrive: ${name}`, async () => {
      const { instance, handler, session } = connect(forms[name]);
      await handler.onData(frame('Text', [0x61, 0xc3], { fin: false }));
      await handler.onData(frame('Continuation', [0xa9]));
      const [, ...text] = instance.log[0] as unknown[];
      expect(text.filter((part) => part !== session).join('')).to.equal('aé');
      await handler.onData(frame('Binary', [1, 2], { fin: false }));
      await handler.onData(frame('Continuation', [], { fin: false }));
      await handler.onData(frame('Continuation', [3]));
      const [kind, ...bytes] = instance.log[1] as [string, ...Uint8Array[]];
      expect([kind, Buffer.concat(bytes)]).to.deep.equal(['binary', Buffer.from([1, 2, 3])]);
      await handler.onData(frame('Binary', []));
      expect(instance.log[2]).to.deep.equal(['binary']);
    });
  }

  it('send what the reader of a stream returns', async () => {
    const { handler, channel } = connect(forms.Streams);
    await handler.onData(frame('Binary', [1, 2]));
    expect(channel.asked).to.deep.equal([['text', 'read']]);
  });

  it('give what JSON makes of a text, where no decoder is named', async () => {
    const { instance, handler, session, channel } = connect(forms.Decoded);
    await handler.onData(frame('Text', '{"type":"x"}'));
    await handler.onData(frame('Text', '{"type":', { fin: false }));
    await handler.onData(frame('Continuation', '"y"}'));
    expect(instance.log).to.deep.equal([
      ['decoded', session, { type: 'x' }],
      ['decoded', session, { type: 'y' }],
    ]);
    expect(channel.asked).to.deep.equal([
      ['text', '{"type":"x"}'],
      ['text', '{"type":"y"}'],
    ]);
  });

  it('give what the schema of a decoder makes', async () => {
    const { instance, handler, session } = connect(forms.Orders);
    await handler.onData(frame('Text', '{"x":1.6}'));
    expect(instance.log).to.deep.equal([['order', session, { type: 'move', x: 2 }]]);
    expect(await failureOf(() => handler.onData(frame('Text', '{"x":"1"}'))))
      .to.be.instanceOf(DecodeError)
      .that.includes({ code: 'MOORAGE_INVALID_MESSAGE', closeCode: 1007 });
    expect(await failureOf(() => handler.onData(frame('Text', '{')))).to.include({ code: 'MOORAGE_DECODE_FAILED' });
    expect(instance.log).to.have.length(1);
  });

  it("tell the error handler of what can't be decoded, and stay open where the endpoint says so", async () => {
    const { instance, handler } = connect(forms.Orders, { onDecodeError: 'ignore' });
    await handler.onData(frame('Text', '{"x":"1"}'));
    await handler.onData(frame('Text', '{"x":1}'));
    const [failed, order] = instance.log as [[string, DecodeError], unknown[]];
    expect([failed[0], failed[1].code]).to.deep.equal(['failed', 'MOORAGE_INVALID_MESSAGE']);
    expect(order[0]).to.equal('order');
  });

  it('leave what no decoder takes to the handler of whole messages', async () => {
    const { instance, handler, session } = connect(forms.Orders);
    await handler.onData(frame('Binary', [1, 2]));
    expect(instance.log).to.deep.equal([['binary', session, Buffer.from([1, 2])]]);
  });

  it('send whatever an encoder takes, and each value of a generator', async () => {
    const { handler, channel } = connect(forms.Answers);
    for (const command of ['object', 'array', 'object later', 'date', 'many', 'many later', 'stream']) {
      await handler.onData(frame('Text', command));
    }
    expect(channel.asked).to.deep.equal([
      ['text', '{"type":"answer"}'],
      ['text', '[1,"two"]'],
      ['text', '{"later":true}'],
      ['text', '1970-01-01T00:00:00.000Z'],
      ['text', 'one'],
      ['binary', [2]],
      ['text', '{"three":3}'],
      ['text', 'one'],
      ['text', 'two'],
      ['partial binary', [...Buffer.from('streamed')], false],
      ['partial binary', [], true],
    ]);
  });

  it('send a prepared message', async () => {
    const { handler, channel } = connect(forms.Answers);
    await handler.onData(frame('Text', 'prepared'));
    const [kind, message] = channel.asked[0] as [string, PreparedMessage];
    expect([kind, message.payload.toString()]).to.deep.equal(['prepared', 'prepared']);
  });
}

/** What the flavours with methods for kinds of message do besides. */
export function routedFormsContract(load: () => Promise<RoutedEndpoints>): void {
  const connect = connectDecorated;
  let forms: RoutedEndpoints;

  before(async () => {
    forms = await load();
  });

  messageFormsContract(load);

  it('bring each message to the method that is for it, as its schema makes it', async () => {
    const { instance, handler, session, channel } = connect(forms.Routed);
    await handler.onData(frame('Text', '{"type":"move","x":1.6}'));
    await handler.onData(frame('Text', '{"type":"chat","text":"hi","more":1}'));
    await handler.onData(frame('Text', '{"type":"bye","error":"x"}'));
    await handler.onData(frame('Text', '{"error":"x"}'));
    await handler.onData(frame('Text', '[1]'));
    expect(instance.log).to.deep.equal([
      ['move', session, { type: 'move', x: 2 }],
      ['chat', { type: 'chat', text: 'hi' }],
      ['bye', { type: 'bye', error: 'x' }],
      ['error', { error: 'x' }],
      ['list', [1]],
    ]);
    expect(channel.asked).to.deep.equal([['text', '{"moved":2}']]);
  });

  it('refuse what nobody can decode or is for, with codes of their own', async () => {
    const { handler } = connect(forms.Routed);
    const failures: readonly (readonly [string, string, number, string])[] = [
      ['{', 'MOORAGE_DECODE_FAILED', 1007, 'It begins with "{".'],
      ['{"type":"move"}', 'MOORAGE_INVALID_MESSAGE', 1007, 'x: Expected a number'],
      ['{"type":"chat"}', 'MOORAGE_INVALID_MESSAGE', 1007, 'text: Expected a string; And more'],
      ['{"type":"none"}', 'MOORAGE_UNROUTED_MESSAGE', 1003, 'Add a handler for it, or one without `when`'],
      ['5', 'MOORAGE_UNROUTED_MESSAGE', 1003, 'json'],
    ];
    for (const [text, code, closeCode, says] of failures) {
      const failure = await failureOf(() => handler.onData(frame('Text', text)));
      expect(failure).to.be.instanceOf(DecodeError).that.includes({ code, closeCode, codec: 'json' });
      expect((failure as Error).message).to.include(says);
    }
  });

  it('stay open where the endpoint says so, after the error handler was told', async () => {
    const { instance, handler } = connect(forms.Routed, { onDecodeError: 'ignore' });
    await handler.onData(frame('Text', '{'));
    await handler.onData(frame('Text', '{"type":"chat"}'));
    await handler.onData(frame('Text', '[1]'));
    const [first, second, third] = instance.log as [[string, DecodeError], [string, DecodeError], unknown[]];
    expect([first[0], first[1].code]).to.deep.equal(['failed', 'MOORAGE_DECODE_FAILED']);
    expect([second[0], second[1].code]).to.deep.equal(['failed', 'MOORAGE_INVALID_MESSAGE']);
    expect(third).to.deep.equal(['list', [1]]);
  });
}
