/** Those who behave: they stay connected, and compare what they get with what they must get. */
import { Buffer } from 'node:buffer';
import type { Random } from '../../fuzz/random.js';
import { Caller } from './caller.js';
import type { Work } from './workplace.js';

/** By code points: half of a pair is no text. */
const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz äöü€漢😀 '];
/** Messages of one connection, after which it leaves and another comes: nobody stays for ever. */
const STAY = 400;

/** Sends texts and bytes of all lengths, mostly short, and compares what comes back. */
export function echo(name: string, path: string, compressed: boolean, pause: number): Work {
  return async (place, random) => {
    const caller = await Caller.open(place.port, path, compressed);
    for (let sent = 0; sent < STAY && !place.stopped; sent += 1) {
      const message = path === '/deliberate' || random.oneIn(2) ? textOf(random) : bytesOf(random);
      caller.send(message);
      const answer = await caller.next();
      const same = typeof message === 'string' ? answer === message : message.equals(answer as Buffer);
      if (!same) place.fail(`${name}: another answer than what was sent (${message.length} long)`);
      place.count(name);
      await place.pause(pause, random);
    }
    await caller.leave();
  };
}

/** Ten in a room of their own: what one of them says reaches all, in order. */
export const room: Work = async (place, random) => {
  const path = `/rooms/${random.below(1_000_000_000)}`;
  const members = await Promise.all(Array.from({ length: 10 }, () => Caller.open(place.port, path)));
  for (let said = 0; said < STAY && !place.stopped; said += 1) {
    const text = `${said} ${textOf(random)}`;
    random.pick(members).send(text);
    for (const heard of await Promise.all(members.map((member) => member.next()))) {
      if (heard !== text) place.fail('broadcast: a member heard something else than was said');
      place.count('broadcast');
    }
    await place.pause(150, random);
  }
  await Promise.all(members.map((member) => member.leave()));
};

/** A message of up to 2 MiB in fragments, which the server reads as a stream. */
export const upload: Work = async (place, random) => {
  const caller = await Caller.open(place.port, '/upload');
  for (let sent = 0; sent < 20 && !place.stopped; sent += 1) {
    const parts = 1 + random.below(32);
    const part = Buffer.alloc(1 + random.below(64 * 1024), sent);
    for (let i = 1; i <= parts; i += 1) caller.socket.send(part, { fin: i === parts });
    const length = await caller.next();
    if (length !== String(parts * part.length)) place.fail(`upload: ${length} of ${parts * part.length} bytes arrived`);
    place.count('upload');
    await place.pause(1000, random);
  }
  await caller.leave();
};

/** Mostly short, now and then up to 64 KiB. */
function lengthOf(random: Random): number {
  return random.below(random.oneIn(20) ? 64 * 1024 : random.oneIn(4) ? 4096 : 200);
}

function textOf(random: Random): string {
  const from = random.below(ALPHABET.length);
  const line = [...ALPHABET.slice(from), ...ALPHABET.slice(0, from)].join('');
  return line.repeat(1 + lengthOf(random) / line.length);
}

function bytesOf(random: Random): Buffer {
  const seed = random.below(256);
  return Buffer.alloc(lengthOf(random), Buffer.from([seed, 7, random.below(256), 3 * seed]));
}
