import { expect } from 'chai';
import { DecodeError, type PreparedMessage } from 'moorage';
import { connect } from './connect.js';
import { frame, piece } from './fake-channel.js';
import type * as Forms from './message-forms.js';

/** What every flavour does alike with messages that are not simply whole text or bytes. */
export function messageFormsContract(load: () => Promise<typeof Forms>): void {
  let forms: typeof Forms;

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
      const { instance, handler, session } = connect(forms[name] as new () => { readonly log: unknown[] });
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
      let failure: unknown;
      try {
        await handler.onData(frame('Text', text));
      } catch (error) {
        failure = error;
      }
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
