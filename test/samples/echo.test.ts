import { expect } from 'chai';
import { createEcho } from '#samples/echo/server.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

describe('The echo sample', () => {
  let server: SampleServer;

  before(async () => {
    server = await SampleServer.start(createEcho());
  });

  after(() => server.stop());

  it('sends text back as text', async () => {
    const peer = await Peer.open(server.wsUrl('/echo'));
    peer.send('Ahoy, Ægir ⚓');
    expect(await peer.next()).to.equal('Ahoy, Ægir ⚓');
    await peer.leave();
  });

  it('sends binary back as binary', async () => {
    const peer = await Peer.open(server.wsUrl('/echo'));
    peer.send(Buffer.from([0, 1, 254, 255]));
    expect(await peer.next()).to.deep.equal(Buffer.from([0, 1, 254, 255]));
    await peer.leave();
  });

  it('says over plain HTTP where the echo is', async () => {
    const response = await fetch(server.url('/'));
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal('The echo is a WebSocket at /echo.\n');
  });
});
