import { frameBytes, RawPeer } from '../support/raw-peer.js';
import { KiB } from './sizes.js';

const ROUNDS = 80;
const TEXTS = 400;
const PINGS = 400;
const TEXT = 'x'.repeat(100);
const LONG = 48 * KiB;

/**
 * Uses a server as well-behaved clients do, every answer read, for some 10 MiB of small messages, pings and long messages.
 *
 * A process that has just begun grows by 6 to 9 MiB with its first load, whoever brings it: the young generation grows to its
 * usual size, hot functions are compiled, and the allocator keeps what it was once given. None of this is an attacker's
 * doing, it doesn't grow with the attack, and no server in use is without it. So it comes before the first measurement.
 */
export async function warmUp(port: number): Promise<void> {
  const peer = await RawPeer.open(port, '/echo');
  const small = frameBytes({ opcode: 1, payload: TEXT });
  const ping = frameBytes({ opcode: 9, payload: 'ping' });
  const round = Buffer.concat([
    ...Array.from({ length: TEXTS }, () => small),
    ...Array.from({ length: PINGS }, () => ping),
    frameBytes({ opcode: 2, payload: Buffer.alloc(LONG) }),
  ]);
  // What comes back is unmasked: headers of two bytes, and of four for the long message.
  const echoed = TEXTS * (2 + TEXT.length) + PINGS * (2 + 4) + (4 + LONG);
  for (let done = 0; done < ROUNDS; done += 1) {
    peer.send(round);
    await peer.readBytes(echoed);
  }
  peer.sendClose(1000);
  await peer.readEnd();
  peer.destroy();
}
