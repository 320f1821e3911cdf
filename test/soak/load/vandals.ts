/** Connections that break a rule, or make a handler fail, and must get the one right answer to that. */
import { Buffer } from 'node:buffer';
import { RawPeer } from '../../support/raw-peer.js';
import { patiently } from './caller.js';
import { inTurn, type Work } from './workplace.js';

interface Mischief {
  readonly name: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  act(peer: RawPeer): void;
  /** The code of the Close that must come. */
  readonly code: number;
}

const DEFLATE = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_no_context_takeover' };

const MISCHIEF: readonly Mischief[] = [
  { name: 'unmasked frame', act: (peer) => peer.sendFrame({ opcode: 1, payload: 'x', mask: null }), code: 1002 },
  { name: 'reserved opcode', act: (peer) => peer.sendFrame({ opcode: 3 }), code: 1002 },
  { name: 'stray continuation', act: (peer) => peer.sendFrame({ opcode: 0, payload: 'x' }), code: 1002 },
  { name: 'long ping', act: (peer) => peer.sendPing('x'.repeat(126)), code: 1002 },
  { name: 'bad UTF-8', act: (peer) => peer.sendFrame({ opcode: 1, payload: Buffer.from([0x61, 0xff]) }), code: 1007 },
  { name: 'too large', act: (peer) => peer.send(Buffer.from('82ff00000000ffffffff01020304', 'hex')), code: 1009 },
  {
    name: 'corrupt compression',
    path: '/compressed',
    headers: DEFLATE,
    act: (peer) => peer.sendFrame({ opcode: 2, rsv: 4, payload: Buffer.from([0xff, 0xff, 0xff]) }),
    code: 1007,
  },
  { name: 'no such message here', path: '/throws', act: (peer) => peer.sendBinary(Buffer.alloc(9)), code: 1003 },
  { name: 'throwing handler', path: '/throws', act: (peer) => peer.sendText('x'), code: 1011 },
  { name: 'rejecting handler', path: '/rejects', act: (peer) => peer.sendText('x'), code: 1011 },
];

const nextMischief = inTurn(MISCHIEF);

/** One rule broken, in some of the cases with an earlier message still to be answered. */
export const mischief: Work = async (place, random) => {
  const { name, path = '/echo', headers = {}, act, code } = nextMischief();
  const peer = await patiently(RawPeer.open(place.port, path, headers), 'the opening');
  try {
    if (path === '/echo' && random.oneIn(2)) peer.sendText('before');
    act(peer);
    const close = await patiently(peer.readClose(), `the Close for: ${name}`);
    if (close.code !== code) place.fail(`${name}: closed with ${close.code} in place of ${code}`);
    peer.sendClose(close.code);
    await patiently(peer.readEnd(), 'the end of TCP');
    place.count(name);
  } finally {
    peer.destroy();
  }
  await place.pause(150, random);
};

const nextRefused = inTurn([
  [404, { path: '/nowhere' }],
  [426, { path: '/echo', headers: { 'Sec-WebSocket-Version': '12' } }],
  [400, { path: '/echo', headers: { 'Sec-WebSocket-Key': 'short' } }],
  [403, { path: '/echo', headers: { Origin: 'http://elsewhere.example' } }],
] as const);

/** A handshake that can't be, and its status. */
export const refused: Work = async (place, random) => {
  const [status, parts] = nextRefused();
  const { peer, response } = await patiently(RawPeer.request(place.port, parts), 'the response');
  if (response.status !== status) place.fail(`refused: ${response.status} in place of ${status}`);
  await patiently(peer.readEnd(), 'the end of TCP');
  peer.destroy();
  place.count(`refused with ${status}`);
  await place.pause(300, random);
};

/** Two hundred pings in one go by somebody who doesn't listen until all are sent. */
export const pings: Work = async (place, random) => {
  const peer = await patiently(RawPeer.open(place.port, '/echo'), 'the opening');
  peer.pause();
  for (let count = 0; count < 200; count += 1) peer.sendPing(String(count));
  peer.resume();
  peer.sendClose(1000);
  const { code } = await patiently(peer.readClose(), 'the Close after pings');
  if (code !== 1000) place.fail(`pings: closed with ${code} in place of 1000`);
  await patiently(peer.readEnd(), 'the end of TCP');
  peer.destroy();
  place.count('ping flood');
  await place.pause(1000, random);
};
