import { expect } from 'chai';
import { DecodeError, type Encoder, json, type StandardSchema, type TextMessageDecoder } from 'moorage';
import { isDecoder, isEncoder, isSchema } from '#moorage/messages/codec.js';
import { decodeFailed, invalidMessage, noDecoder, unroutedMessage } from '#moorage/messages/codec-errors.js';
import { excerpt } from '#moorage/messages/excerpt.js';

const schema: StandardSchema = { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } };

describe('json()', () => {
  it('decodes and encodes', () => {
    const codec = json<number[]>();
    expect(codec.decode('[1]')).to.deep.equal([1]);
    expect(codec.encode({ a: 1 })).to.equal('{"a":1}');
  });

  it('encodes data, and leaves texts, bytes and sequences alone', () => {
    const data = [{}, [], 1, false, new Map(), new Date()];
    const others = ['text', null, undefined, Buffer.alloc(1), new ArrayBuffer(1), [].values(), new Blob([]).stream()];
    expect(data.map(json().willEncode)).to.deep.equal(data.map(() => true));
    expect(others.map(json().willEncode)).to.deep.equal(others.map(() => false));
  });

  it('fails where JSON has no word for a value', () => {
    expect(() => json().encode({ toJSON: () => undefined })).to.throw(TypeError, 'JSON has nothing to say of it');
  });

  it('takes schemas that are objects and schemas that are functions', () => {
    expect(json(schema).schema).to.equal(schema);
    expect(json(Object.assign(() => undefined, schema) as never)).to.have.property('schema');
    expect(json(schema).decode).to.equal(json().decode);
    expect(() => json({} as never)).to.throw(
      TypeError,
      "json(schema) takes a schema that speaks Standard Schema (it has '~standard')",
    );
  });
});

describe('Codecs', () => {
  it('are known by what they have', () => {
    const decoder: TextMessageDecoder = { name: 'x', from: 'text', decode: (text) => text };
    const encoder: Encoder = { name: 'x', willEncode: () => true, encode: () => '' };
    expect([json(), decoder, { ...decoder, willDecode: () => true, schema }].every(isDecoder)).to.equal(true);
    const odd = [
      null,
      'json',
      {},
      { ...decoder, from: 'words' },
      { ...decoder, schema: {} },
      { ...decoder, willDecode: 1 },
    ];
    expect(odd.some(isDecoder)).to.equal(false);
    expect([json(), encoder].every(isEncoder)).to.equal(true);
    expect([null, decoder, { ...encoder, willEncode: undefined }].some(isEncoder)).to.equal(false);
    expect([null, 'x', { '~standard': {} }].some(isSchema)).to.equal(false);
  });
});

describe('A DecodeError', () => {
  it('says what failed and how the message begins, with nothing in it that could forge a line of a log', () => {
    const error = decodeFailed('json', 'a\r\nb\u001b[31m\u202e"', new SyntaxError('Unexpected token \n.'));
    expect(error).to.be.instanceOf(DecodeError).that.includes({
      code: 'MOORAGE_DECODE_FAILED',
      closeCode: 1007,
      closeReason: 'Invalid payload data',
      codec: 'json',
    });
    expect(error.message).to.equal(
      'A message can\'t be decoded by json: Unexpected token \\n. It begins with "a\\r\\nb\\u001b[31m\\u202e\\"".',
    );
    expect(error.cause).to.be.instanceOf(SyntaxError);
  });

  it('cuts what is long', () => {
    expect(noDecoder(['one', 'two'], 'x'.repeat(100)).message).to.equal(
      `No decoder was willing to take a message (asked: one, two). Add a decoder for it, or a handler of whole messages for all others. It begins with "${'x'.repeat(40)}…".`,
    );
    expect(excerpt(Buffer.from([1, 2, 255]), 40)).to.equal('<01 02 ff>');
    expect(excerpt(Buffer.alloc(21), 40)).to.equal(`<${'00 '.repeat(19)}00…>`);
    expect(unroutedMessage('x', '').message).to.match(/It is empty\.$/);
    expect(unroutedMessage('x', {}).message).to.match(/It came as a stream\.$/);
  });

  it('lists what a schema found wrong, but not all of much', () => {
    const issues = ['one', 'two', 'three', 'four'].map((message) => ({ message, path: ['a', { key: 0 }] }));
    const error = invalidMessage('json', '{}', issues);
    expect(error.issues).to.equal(issues);
    expect(error.message).to.equal(
      'A message decoded by json is not what its schema asks for: a.0: one; a.0: two; a.0: three; and 1 more. It begins with "{}".',
    );
  });
});
