import { expect } from 'chai';
import { MessageTooLargeError } from 'moorage';
import { BytesSink, readBytes } from '#moorage/messages/bytes-sink.js';
import { DiscardSink } from '#moorage/messages/discard-sink.js';
import { Opcode } from '#moorage/protocol/opcode.js';
import { frame, piece } from '../endpoint/fake-channel.js';

describe('Binary messages', () => {
  it('in one piece are a view of what was received', () => {
    const message = frame('Binary', [1, 2, 3]);
    const bytes = readBytes(message, 3);
    expect([...bytes]).to.deep.equal([1, 2, 3]);
    expect(bytes.buffer).to.equal(message.buffer.buffer);
  });

  it('in pieces are put together', () => {
    const sink = new BytesSink(5);
    sink.append(piece('Binary', [1, 2], { starts: true, ends: false, fin: false }));
    sink.append(piece('Binary', [], { starts: false, ends: true, fin: false }));
    sink.append(piece('Continuation', [3, 4, 5], { starts: true, ends: true }));
    expect([...sink.finish()]).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('are refused over their limit, as soon as it is passed', () => {
    const tooLarge =
      'Binary message of at least 3 bytes, over the limit of 2. Raise maxBinaryMessageSize if peers may send so much.';
    expect(() => readBytes(frame('Binary', [1, 2, 3]), 2)).to.throw(MessageTooLargeError, tooLarge);
    const sink = new BytesSink(2);
    sink.append(piece('Binary', [1, 2], { starts: true, ends: false }));
    expect(() => sink.append(piece('Binary', [3], { starts: false, ends: false })))
      .to.throw(MessageTooLargeError, tooLarge)
      .with.property('closeCode', 1009);
  });

  it('that nobody takes are limited all the same', () => {
    const sink = new DiscardSink(Opcode.Binary, 2);
    sink.append(piece('Binary', [1, 2], { starts: true, ends: false }));
    expect(() => sink.append(piece('Binary', [3], { starts: false, ends: true }))).to.throw(MessageTooLargeError);
    expect(sink.finish()).to.equal(undefined);
  });
});
