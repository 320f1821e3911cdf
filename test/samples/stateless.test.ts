import { expect } from 'chai';
import { createTicker } from '#samples/stateless/server.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

describe('The stateless sample', () => {
  let server: SampleServer;

  before(async () => {
    server = await SampleServer.start(createTicker(20));
  });

  after(() => server.stop());

  it('tells a newcomer the prices at once', async () => {
    const peer = await Peer.open(server.wsUrl('/prices'));
    const prices = (await peer.nextJson()) as { name: string; price: number }[];
    expect(prices.map(({ name }) => name)).to.deep.equal(['Anchor', 'Bollard', 'Cleat', 'Fender', 'Hawser']);
    for (const { price } of prices) expect(price).to.satisfy(Number.isInteger).and.to.be.greaterThan(0);
    await peer.leave();
  });

  it('pushes the same tick to everybody', async () => {
    const [ada, grace] = await Promise.all([Peer.open(server.wsUrl('/prices')), Peer.open(server.wsUrl('/prices'))]);
    const seenByGrace = new Set<string>();
    const first = new Set([String(await ada.next()), String(await grace.next())]);
    for (let count = 0; count < 3; count++) seenByGrace.add(String(await grace.next()));
    let tick: string;
    do tick = String(await ada.next());
    while (first.has(tick) || !seenByGrace.has(tick));
    expect(seenByGrace).to.include(tick);
    await Promise.all([ada.leave(), grace.leave()]);
  });

  it('goes on when somebody leaves', async () => {
    const [ada, grace] = await Promise.all([Peer.open(server.wsUrl('/prices')), Peer.open(server.wsUrl('/prices'))]);
    await grace.next();
    await ada.leave();
    await grace.next();
    await grace.next();
    await grace.leave();
  });

  it('serves its page', async () => {
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml; charset=utf-8'],
      ['/ticker.css', 'text/css; charset=utf-8'],
      ['/ticker.js', 'text/javascript; charset=utf-8'],
    ] as const) {
      const response = await fetch(server.url(path));
      expect(response.status, path).to.equal(200);
      expect(response.headers.get('content-type'), path).to.equal(type);
      await response.arrayBuffer();
    }
  });
});
