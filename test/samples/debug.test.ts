import { expect } from 'chai';
import type { Report } from '#samples/debug/reports.js';
import { createDebug } from '#samples/debug/server.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

describe('The debug sample', () => {
  let server: SampleServer;
  let watcher: Peer;
  let subject: Peer;

  /** Passes over what comes before it. */
  async function told(event: Report['event']): Promise<string> {
    for (;;) {
      const report = (await watcher.nextJson()) as Report;
      if (report.event === event) return report.detail;
    }
  }

  beforeEach(async () => {
    server = await SampleServer.start(createDebug());
    watcher = await Peer.open(server.wsUrl('/watch/one'));
    subject = await Peer.open(server.wsUrl('/subject/one'));
    expect(await told('connect')).to.match(/^from 127\.0\.0\.1, extensions: permessage-deflate/);
  });

  afterEach(() => server.stop());

  it('echoes, and tells of frames before events', async () => {
    subject.send('Ahoy');
    expect(await subject.next()).to.equal('Ahoy');
    subject.send(Buffer.from([1, 2, 255]));
    expect(await subject.next()).to.deep.equal(Buffer.from([1, 2, 255]));
    const reports = [
      await watcher.nextJson(),
      await watcher.nextJson(),
      await watcher.nextJson(),
      await watcher.nextJson(),
    ];
    expect(reports).to.deep.equal([
      { event: 'frame', detail: 'text, 4 bytes: 41 68 6f 79' },
      { event: 'text', detail: '4 characters: "Ahoy"' },
      { event: 'frame', detail: 'binary, 3 bytes: 01 02 ff' },
      { event: 'binary', detail: '3 bytes: 01 02 ff' },
    ]);
  });

  it('tells of each frame of a fragmented message', async () => {
    subject.socket.send('in ', { fin: false, compress: false });
    subject.socket.send('parts', { fin: true });
    expect(await told('frame')).to.equal('text, more to come, 3 bytes: 69 6e 20');
    expect(await told('frame')).to.equal('continuation, 5 bytes: 70 61 72 74 73');
    expect(await told('text')).to.equal('8 characters: "in parts"');
  });

  it('pings, and tells of the pong; tells of a ping', async () => {
    watcher.send({ do: 'ping', text: 'here?' });
    expect(await told('pong')).to.equal('5 bytes: 68 65 72 65 3f');
    subject.socket.ping();
    expect(await told('ping')).to.equal('0 bytes, answered already');
  });

  it('counts', async () => {
    subject.send('Ægir');
    await subject.next();
    watcher.send({ do: 'count' });
    expect(await told('count')).to.equal('messages: 1, bytes: 5');
  });

  it('floods', async () => {
    watcher.send({ do: 'flood', messages: 1_000, size: 10 });
    expect(await subject.next()).to.equal('1 ~~~~~~~~');
    for (let count = 2; count < 1_000; count++) await subject.next();
    expect(await subject.next()).to.equal('1000 ~~~~~');
    expect(await subject.next()).to.match(/^1000 messages sent in \d+ ms$/);
  });

  it('closes with any code that may be sent, and tells of its own end', async () => {
    watcher.send({ do: 'close', code: 4321, reason: 'enough' });
    expect(await subject.closed).to.deep.equal({ code: 4321, reason: 'enough' });
    expect(await told('close')).to.equal('4321 "enough"');
  });

  it('tells with what the peer closes', async () => {
    subject.socket.close(3999, 'me too');
    expect(await told('frame')).to.match(/^close, 8 bytes/);
    expect(await told('close')).to.equal('3999 "me too"');
  });

  it('cuts off', async () => {
    watcher.send({ do: 'cut' });
    expect(await subject.closed).to.include({ code: 1006 });
    expect(await told('close')).to.match(/^1006/);
  });

  it('says why it refuses what can not be done', async () => {
    watcher.send({ do: 'close', code: 1006, reason: '' });
    expect(await told('refused')).to.include('1006');
    watcher.send({ do: 'flood', messages: 1e9, size: 1 });
    expect(await told('refused')).to.include('at most 100000 messages');
    watcher.send('no JSON');
    watcher.send({ do: 'ping' });
    expect(await told('refused')).to.be.a('string');
    await subject.leave();
    await told('close');
    watcher.send({ do: 'count' });
    expect(await told('refused')).to.equal('There is no connection.');
  });

  it('tells nobody what happens on the connection of another', async () => {
    const other = await Peer.open(server.wsUrl('/subject/two'));
    other.send('secret');
    await other.next();
    watcher.send({ do: 'count' });
    expect(await watcher.nextJson()).to.deep.equal({ event: 'count', detail: 'messages: 0, bytes: 0' });
  });

  it('serves its page', async () => {
    for (const path of ['/', '/icon.svg', '/debug.css', '/debug.js']) {
      const response = await fetch(server.url(path));
      expect(response.status, path).to.equal(200);
      await response.arrayBuffer();
    }
  });
});
