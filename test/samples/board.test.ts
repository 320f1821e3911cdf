import { expect } from 'chai';
import fc from 'fast-check';
import { Picture } from '#samples/board/picture.js';
import { createBoard } from '#samples/board/server.js';
import { isStrokes } from '#samples/board/strokes.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

const LINE = Buffer.from([0, 6, 0, 2, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff]);
const DOT = Buffer.from([5, 60, 0, 1, 0x80, 0x00, 0x80, 0x00]);
const WIPE = Buffer.alloc(0);

describe('The board sample', () => {
  let server: SampleServer;
  let ada: Peer;
  let grace: Peer;

  beforeEach(async () => {
    server = await SampleServer.start(createBoard());
    ada = await Peer.open(server.wsUrl('/board'));
    grace = await Peer.open(server.wsUrl('/board'));
    await Promise.all([ada.next(), grace.next()]);
  });

  afterEach(() => server.stop());

  it('shows a newcomer an empty board first', async () => {
    const alan = await Peer.open(server.wsUrl('/board'));
    expect(await alan.next()).to.deep.equal(WIPE);
  });

  it('publishes a stroke to everybody, whoever drew it too', async () => {
    ada.send(LINE);
    expect(await ada.next()).to.deep.equal(LINE);
    expect(await grace.next()).to.deep.equal(LINE);
  });

  it('shows a newcomer the picture so far, in one message', async () => {
    ada.send(LINE);
    await grace.next();
    grace.send(DOT);
    await grace.next();
    const alan = await Peer.open(server.wsUrl('/board'));
    expect(await alan.next()).to.deep.equal(Buffer.concat([LINE, DOT]));
  });

  it('wipes the board for everybody, and for who comes later', async () => {
    ada.send(LINE);
    ada.send(WIPE);
    await grace.next();
    expect(await grace.next()).to.deep.equal(WIPE);
    const alan = await Peer.open(server.wsUrl('/board'));
    expect(await alan.next()).to.deep.equal(WIPE);
  });

  it('shows out whoever sends something else, and publishes none of it', async () => {
    ada.send(LINE.subarray(0, 11));
    expect(await ada.closed).to.deep.equal({ code: 1008, reason: 'Those are no strokes' });
    grace.send(DOT);
    expect(await grace.next()).to.deep.equal(DOT);
  });

  it('serves its page', async () => {
    for (const path of ['/', '/icon.svg', '/board.css', '/board.js']) {
      const response = await fetch(server.url(path));
      expect(response.status, path).to.equal(200);
      await response.arrayBuffer();
    }
  });
});

describe('The strokes of the board', () => {
  it('are any number of strokes, one after the other', () => {
    for (const strokes of [WIPE, LINE, DOT, Buffer.concat([LINE, DOT, LINE])])
      expect(isStrokes(strokes)).to.equal(true);
  });

  it('are none when they are cut, too long, or out of range', () => {
    for (let end = 1; end < LINE.length; end++)
      expect(isStrokes(LINE.subarray(0, end)), `cut at ${end}`).to.equal(false);
    expect(isStrokes(Buffer.concat([LINE, Buffer.alloc(3)])), 'rest').to.equal(false);
    expect(isStrokes(Buffer.from([7, 6, 0, 1, 0, 0, 0, 0])), 'colour').to.equal(false);
    expect(isStrokes(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])), 'no width').to.equal(false);
    expect(isStrokes(Buffer.from([0, 61, 0, 1, 0, 0, 0, 0])), 'width').to.equal(false);
    expect(isStrokes(Buffer.from([0, 6, 0, 0])), 'no point').to.equal(false);
  });

  it('are told from any other bytes without a failure', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof isStrokes(Buffer.from(bytes)) === 'boolean'));
  });

  it('are forgotten, the oldest first, when there are too many', () => {
    const picture = new Picture();
    const long = Buffer.concat([Buffer.from([1, 6, 0x0f, 0xff]), Buffer.alloc(0xfff * 4)]); // 16 KiB
    for (let count = 0; count < 64; count++) picture.add(long);
    expect(picture.toBuffer()).to.have.lengthOf(1024 ** 2);
    picture.add(DOT);
    const kept = picture.toBuffer();
    expect(kept.length).to.be.within(0.7 * 1024 ** 2, 0.75 * 1024 ** 2);
    expect(kept.subarray(-DOT.length)).to.deep.equal(DOT);
    expect(isStrokes(kept)).to.equal(true);
  });
});
