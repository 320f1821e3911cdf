import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { EncodeError, type Encoder, json, PreparedMessage, SessionClosedError } from 'moorage';
import { settled } from '../support/engine.js';
import { failure, opened } from './open-session.js';

function* failing(): Generator<string> {
  yield 'a';
  throw new RangeError('source');
}

async function* endless(): AsyncGenerator<string> {
  yield 'a';
  await new Promise(() => undefined);
}

describe('session.send', () => {
  it('sends each kind of value as it is', async () => {
    const { session, channel } = opened();
    const prepared = PreparedMessage.text('x');
    await session.send('text');
    await session.send(new Uint8Array([1]));
    await session.send(new Uint8Array([2]).buffer);
    await session.send(prepared);
    await session.send(['one', 'two'].values());
    await session.send(Readable.from(['a', 'b'])); // Of objects: several messages.
    await session.send(Readable.from([Buffer.from([3])], { objectMode: false }));
    expect(channel.asked).to.deep.equal([
      ['text', 'text'],
      ['binary', [1]],
      ['binary', [2]],
      ['prepared', prepared],
      ['text', 'one'],
      ['text', 'two'],
      ['text', 'a'],
      ['text', 'b'],
      ['partial binary', [3], false],
      ['partial binary', [], true],
    ]);
  });

  it('asks the encoders in their order, before anything is sent as it is', async () => {
    const shout: Encoder<string> = {
      name: 'shout',
      willEncode: (value) => typeof value === 'string',
      encode: (text) => Promise.resolve(text.toUpperCase()),
    };
    const streamed: Encoder<{ parts: string[] }> = {
      name: 'streamed',
      willEncode: (value) => typeof value === 'object' && value !== null && 'parts' in value,
      encode: ({ parts }) => Readable.from(parts),
    };
    const { session, channel } = opened([shout, streamed, json()]);
    await session.send('hi');
    await session.send({ parts: ['a', 'b'] });
    await session.send({ a: 1 });
    await session.send(5);
    expect(channel.asked).to.deep.equal([
      ['text', 'HI'],
      ['partial text', 'a', false],
      ['partial text', 'b', false],
      ['partial text', '', true],
      ['text', '{"a":1}'],
      ['text', '5'],
    ]);
  });

  it('refuses what nothing takes, and says what would', async () => {
    const { session } = opened();
    for (const value of [{ a: 1 }, 5, null, undefined]) {
      const error = await failure(session.send(value));
      expect(error).to.be.instanceOf(TypeError).with.property('code', 'MOORAGE_INVALID_ARGUMENT');
      expect((error as Error).message).to.include('add encoders: [json()] to the options of @WebSocket');
    }
  });

  it('says which encoder failed on what', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const odd: Encoder = { name: 'odd', willEncode: (value) => value === 1, encode: () => 1 as never };
    const late: Encoder = { name: 'late', willEncode: (value) => value === 2, encode: () => Promise.reject('no') };
    const { session } = opened([odd, late, json()]);
    const error = await failure(session.send(cyclic));
    expect(error).to.be.instanceOf(EncodeError).that.includes({ code: 'MOORAGE_ENCODE_FAILED', codec: 'json' });
    expect((error as Error).message).to.match(/^json can't encode an object: Converting circular/);
    expect(await failure(session.send(1))).to.have.property('message', "odd can't encode 1: it made 1 of it.");
    expect(await failure(session.send(2))).to.have.property('message', "late can't encode 2: no.");
  });

  it('stops a generator when the session ends', async () => {
    const { session, end } = opened();
    const sending = failure(session.send(endless()));
    await settled();
    end();
    expect(await sending).to.be.instanceOf(SessionClosedError);
  });

  it('waits for each value of a generator to leave', async () => {
    const { session, channel } = opened();
    let drained = (): void => undefined;
    channel.settling = new Promise((resolve) => (drained = resolve));
    const sending = session.send(['one', 'two'].values());
    await settled();
    expect(channel.asked).to.have.length(1);
    drained();
    await sending;
    expect(channel.asked).to.have.length(2);
  });
});

describe('session.sendStream', () => {
  it('sends text for strings and bytes for bytes, as the first chunk says', async () => {
    const { session, channel } = opened();
    await session.sendStream(['a', '', Buffer.from('é')]);
    await session.sendStream(Readable.from([Buffer.from([1])]));
    await session.sendStream(new Blob(['x']).stream() as never);
    await session.sendStream([]);
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['partial text', 'é', false],
      ['partial text', '', true],
      ['partial binary', [1], false],
      ['partial binary', [], true],
      ['partial binary', [0x78], false],
      ['partial binary', [], true],
      ['partial binary', [], true],
    ]);
  });

  it('brings chunks into the kind that is asked for, also where they cut a character', async () => {
    const { session, channel } = opened();
    await session.sendStream([Buffer.from([0xc3]), Buffer.from([0xa9])], { binary: false });
    await session.sendStream(['é'], { binary: true });
    expect(channel.asked).to.deep.equal([
      ['partial text', 'é', false],
      ['partial text', '', true],
      ['partial binary', [0xc3, 0xa9], false],
      ['partial binary', [], true],
    ]);
  });

  it('reads no faster than the peer does', async () => {
    const { session, channel } = opened();
    let read = 0;
    function* source(): Generator<string> {
      for (;;) {
        read++;
        yield 'x';
      }
    }
    channel.settling = new Promise(() => undefined);
    void session.sendStream(source());
    await settled();
    expect(read).to.equal(1);
  });

  it('lets a generator end the session itself, and clean up', async () => {
    const { session, channel, end } = opened();
    let cleaned = 0;
    function* source(): Generator<string> {
      try {
        yield 'bye';
        end();
        yield 'never';
      } finally {
        cleaned++;
      }
    }
    expect(await failure(session.sendStream(source()))).to.be.instanceOf(SessionClosedError);
    await settled();
    expect(cleaned).to.equal(1);
    expect(channel.asked[0]).to.deep.equal(['partial text', 'bye', false]);
    expect(JSON.stringify(channel.asked)).not.to.contain('never');
  });

  it('survives a source that fails when it is told to stop', async () => {
    const { session, end } = opened();
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>(() => undefined),
        return: () => {
          throw new RangeError('stubborn');
        },
      }),
    };
    const sending = failure(session.sendStream(source));
    await settled();
    end();
    expect(await sending).to.be.instanceOf(SessionClosedError);
  });

  it('ends the connection when its source fails in the middle, and only then', async () => {
    const { session, channel } = opened();
    const error = await failure(session.sendStream(failing()));
    expect(error).to.be.instanceOf(RangeError);
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['fail', error],
    ]);
    const other = opened();
    const wrong = await failure(other.session.sendStream([5 as never]));
    expect(wrong).to.be.instanceOf(TypeError);
    expect(other.channel.asked).to.deep.equal([]);
  });

  it('stops at once when the session ends, and stops its source', async () => {
    const { session, channel, end } = opened();
    const source = new Readable({ read: () => undefined });
    const sending = failure(session.sendStream(source));
    const endlessly = failure(session.sendStream(endless()));
    await settled();
    end();
    expect(await sending).to.be.instanceOf(SessionClosedError);
    expect(await endlessly).to.be.instanceOf(SessionClosedError);
    expect(source.destroyed).to.equal(true);
    expect(channel.asked).to.deep.equal([['partial text', 'a', false]]);
    expect(await failure(session.sendStream(['late']))).to.be.instanceOf(SessionClosedError);
  });

  it('lets no other parts come between its own', async () => {
    const { session, channel } = opened();
    const source = new Readable({ read: () => undefined });
    const sending = session.sendStream(source);
    source.push(Buffer.from([1]));
    await settled();
    for (const other of [
      session.sendPartialBinary(new Uint8Array([2]), true),
      session.sendPartialText('x', true),
      session.sendStream(['x']),
    ]) {
      expect(await failure(other)).to.have.property('code', 'MOORAGE_MESSAGE_IN_PROGRESS');
    }
    source.push(null);
    await sending;
    await session.sendPartialText('x', false);
    expect(await failure(session.sendPartialBinary(new Uint8Array([2]), true))).to.have.property(
      'code',
      'MOORAGE_MESSAGE_IN_PROGRESS',
    );
    await session.sendPartialText('y', true);
    expect(channel.asked).to.deep.equal([
      ['partial binary', [1], false],
      ['partial binary', [], true],
      ['partial text', 'x', false],
      ['partial text', 'y', true],
    ]);
  });

  it('refuses what is no stream', async () => {
    const { session } = opened();
    for (const value of ['text', {}, null]) {
      expect(await failure(session.sendStream(value as never))).to.have.property('code', 'MOORAGE_INVALID_ARGUMENT');
    }
  });
});

describe('The writer of a message', () => {
  it('sends a fragment for each write, and ends the message with its end', async () => {
    const { session, channel } = opened();
    const text = session.openTextStream();
    text.write('a');
    text.write(Buffer.from([0xc3]));
    text.write(Buffer.from([0xa9]));
    text.write('6162', 'hex');
    text.end('!');
    await once(text, 'finish');
    const bytes = session.openBinaryStream();
    bytes.end('é');
    await once(bytes, 'finish');
    session.openTextStream().end();
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['partial text', 'é', false],
      ['partial text', 'ab', false],
      ['partial text', '!', false],
      ['partial text', '', true],
      ['partial binary', [0xc3, 0xa9], false],
      ['partial binary', [], true],
      ['partial text', '', true],
    ]);
  });

  it('says when the queue is full', async () => {
    const { session, channel } = opened();
    let drained = (): void => undefined;
    channel.settling = new Promise((resolve) => (drained = resolve));
    const writer = session.openBinaryStream();
    let written = false;
    writer.write(Buffer.from([1]), () => (written = true));
    await settled();
    expect(written).to.equal(false);
    drained();
    await settled();
    expect(written).to.equal(true);
  });

  it('fails when the session ends, and with it what is piped into it', async () => {
    const { session, end } = opened();
    const writing = failure(pipeline(endless, session.openTextStream()));
    await settled();
    end();
    expect(await writing).to.be.instanceOf(SessionClosedError);
    const late = session.openTextStream();
    await settled();
    expect(late.destroyed).to.equal(true);
  });

  it('that is destroyed in the middle ends the connection', async () => {
    const { session, channel } = opened();
    const untouched = session.openTextStream();
    untouched.destroy();
    const writer = session.openTextStream();
    writer.write('a');
    const cause = new Error('mine');
    writer.destroy(cause);
    await settled();
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['fail', cause],
    ]);
  });
});
