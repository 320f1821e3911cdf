import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { expect } from 'chai';
import { SessionClosedError } from 'moorage';
import { settled } from '../support/engine.js';
import { failure, opened } from './open-session.js';

describe('The web stream that a message is written to', () => {
  it('sends a fragment for each write, and ends the message with its end', async () => {
    const { session, channel } = opened();
    const text = session.openTextWebStream().getWriter();
    await text.write('a');
    await text.write(Uint8Array.of(0xc3));
    await text.write(Uint8Array.of(0xa9));
    await text.close();
    const bytes = session.openBinaryWebStream().getWriter();
    await bytes.write('é');
    await bytes.close();
    await session.openTextWebStream().close();
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['partial text', 'é', false],
      ['partial text', '', true],
      ['partial binary', [0xc3, 0xa9], false],
      ['partial binary', [], true],
      ['partial text', '', true],
    ]);
  });

  it('takes what is piped into it', async () => {
    const { session, channel } = opened();
    await new Blob(['blob']).stream().pipeTo(session.openBinaryWebStream());
    await NodeReadableStream.from(['a', 'b']).pipeTo(session.openTextWebStream());
    await new Blob(['é']).stream().pipeThrough(new TextDecoderStream()).pipeTo(session.openTextWebStream());
    expect(channel.asked).to.deep.equal([
      ['partial binary', [...Buffer.from('blob')], false],
      ['partial binary', [], true],
      ['partial text', 'a', false],
      ['partial text', 'b', false],
      ['partial text', '', true],
      ['partial text', 'é', false],
      ['partial text', '', true],
    ]);
  });

  it('takes one chunk at a time, however large, while the queue is full', async () => {
    const { session, channel } = opened();
    let drained = (): void => undefined;
    channel.settling = new Promise((resolve) => (drained = resolve));
    let taken = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          taken += 1;
          controller.enqueue(new Uint8Array(1_000));
          if (taken === 20) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const piping = source.pipeTo(session.openBinaryWebStream());
    await settled();
    expect([taken, channel.asked.length]).to.deep.equal([1, 1]);
    channel.settling = undefined;
    drained();
    await piping;
    expect([taken, channel.asked.length]).to.deep.equal([20, 21]);
  });

  it('fails when the session ends, and with it what is piped into it', async () => {
    const { session, channel, end } = opened();
    let cancelled: unknown;
    const source = new ReadableStream<string>({
      start: (controller) => controller.enqueue('a'),
      cancel(reason) {
        cancelled = reason;
      },
    });
    const piping = failure(source.pipeTo(session.openTextWebStream()));
    await settled();
    end();
    expect(await piping).to.be.instanceOf(SessionClosedError);
    expect(cancelled).to.be.instanceOf(SessionClosedError);
    expect(channel.asked).to.deep.equal([['partial text', 'a', false]]);
    expect(await failure(session.openTextWebStream().getWriter().write('late'))).to.be.instanceOf(SessionClosedError);
  });

  it('that is aborted in the middle ends the connection', async () => {
    const { session, channel } = opened();
    await session.openTextWebStream().abort(new Error('nothing was sent'));
    const cause = new Error('mine');
    const writer = session.openTextWebStream().getWriter();
    await writer.write('a');
    await writer.abort(cause);
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['fail', cause],
    ]);
  });

  it('that is aborted without a reason says what happened', async () => {
    const { session, channel } = opened();
    const writer = session.openBinaryWebStream().getWriter();
    await writer.write('a');
    await writer.abort();
    expect(String(channel.asked[1]?.[1])).to.equal(
      'Error: The stream that a message was written to was aborted before its end.',
    );
  });

  it('whose source fails in the middle ends the connection', async () => {
    const { session, channel } = opened();
    const source = NodeReadableStream.from(
      (function* () {
        yield 'a';
        throw new RangeError('source');
      })(),
    );
    expect(await failure(source.pipeTo(session.openTextWebStream()))).to.be.instanceOf(RangeError);
    expect(channel.asked.map(([kind]) => kind)).to.deep.equal(['partial text', 'fail']);
  });

  it('that is given what is no chunk in the middle ends the connection', async () => {
    const { session, channel } = opened();
    const writer = session.openTextWebStream().getWriter();
    await writer.write('a');
    const refusal = await failure(writer.write(5 as never));
    expect(refusal).to.be.instanceOf(TypeError);
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['fail', refusal],
    ]);
    expect(await failure(writer.closed)).to.equal(refusal);
  });

  it('waits for nobody: while another message is open its first write is refused, and nothing ends', async () => {
    const { session, channel } = opened();
    const first = session.openTextWebStream().getWriter();
    await first.write('a');
    const second = session.openTextWebStream().getWriter();
    expect(await failure(second.write('b'))).to.have.property('code', 'MOORAGE_MESSAGE_IN_PROGRESS');
    await first.close();
    expect(channel.asked).to.deep.equal([
      ['partial text', 'a', false],
      ['partial text', '', true],
    ]);
  });
});
