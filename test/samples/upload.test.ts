import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createUpload } from '#samples/upload/server.js';
import { type Done, PROGRESS_STEP, type Progress } from '#samples/upload/upload.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

/** Everything the server says about one file; the last is the answer. */
async function toldOf(peer: Peer): Promise<{ progress: number[]; done: Done }> {
  const progress: number[] = [];
  for (;;) {
    const message = (await peer.nextJson()) as Progress | Done;
    if (message.type === 'done') return { progress, done: message };
    progress.push(message.received);
  }
}

function sha256(...parts: Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

describe('The upload sample', () => {
  let server: SampleServer;

  before(async () => {
    server = await SampleServer.start(createUpload());
  });

  after(() => server.stop());

  it('counts and hashes a file, and tells how far it is', async () => {
    const file = randomBytes(5 * PROGRESS_STEP + 1);
    const peer = await Peer.open(server.wsUrl('/upload'));
    peer.send(file);
    const { progress, done } = await toldOf(peer);
    expect(done).to.deep.equal({ type: 'done', received: file.length, sha256: sha256(file) });
    expect(progress).to.have.lengthOf.within(1, 5);
    expect(progress).to.deep.equal([...progress].sort((a, b) => a - b));
    await peer.leave();
  });

  it('tells how far it is before the file has come to its end', async () => {
    const peer = await Peer.open(server.wsUrl('/upload'));
    const part = randomBytes(2 * PROGRESS_STEP);
    peer.socket.send(part, { binary: true, fin: false });
    const first = (await peer.nextJson()) as Progress;
    expect(first.type).to.equal('progress');
    peer.socket.send(part, { binary: true, fin: true });
    const { done } = await toldOf(peer);
    expect(done.sha256).to.equal(sha256(part, part));
    await peer.leave();
  });

  it('takes more fragments than a message may have by default', async () => {
    const peer = await Peer.open(server.wsUrl('/upload'));
    const part = Buffer.from([7]);
    for (let count = 1; count <= 5_000; count++) peer.socket.send(part, { binary: true, fin: count === 5_000 });
    expect((await toldOf(peer)).done).to.include({ received: 5_000, sha256: sha256(Buffer.alloc(5_000, 7)) });
    await peer.leave();
  });

  it('takes one file after the other, empty ones too', async () => {
    const peer = await Peer.open(server.wsUrl('/upload'));
    peer.send(Buffer.alloc(0));
    peer.send(Buffer.from('Ahoy'));
    expect((await toldOf(peer)).done).to.include({ received: 0, sha256: sha256() });
    expect((await toldOf(peer)).done).to.include({ received: 4, sha256: sha256(Buffer.from('Ahoy')) });
    await peer.leave();
  });

  it('serves its page', async () => {
    for (const path of ['/', '/icon.svg', '/upload.css', '/upload.js']) {
      const response = await fetch(server.url(path));
      expect(response.status, path).to.equal(200);
      await response.arrayBuffer();
    }
  });
});
