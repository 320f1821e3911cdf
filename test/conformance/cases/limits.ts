/** Category 9: large messages, many fragments, small writes, and many messages one by one. */
import type { ConformanceCase } from '../case.js';
import { fragments, frame, OPCODE } from '../peer/frames.js';
import { echoes } from './echoes.js';

type Kind = 'text' | 'binary';

const KIB = 1024;
const MIB = 1024 * KIB;

const PATTERNS: Readonly<Record<Kind, Buffer>> = {
  text: Buffer.from('BAsd7&jh23'),
  binary: Buffer.from('00fe23faf0', 'hex'),
};

const SIZES = [64 * KIB, 256 * KIB, 1 * MIB, 4 * MIB, 8 * MIB, 16 * MIB];
/** By size: how long a message may take. Small binary ones have been given less time than text. */
const SECONDS: Readonly<Record<Kind, readonly number[]>> = {
  text: [10, 10, 100, 100, 100, 100],
  binary: [10, 10, 10, 10, 100, 100],
};
const FRAGMENTED = 4 * MIB;
const FRAGMENT_SIZES = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB];
const CHOPPED = MIB;
const CHOP_SIZES = [64, 128, 256, 512, 1024, 2048];
const ROUND_TRIPS: readonly (readonly [length: number, seconds: number])[] = [
  [0, 60],
  [16, 60],
  [64, 60],
  [256, 120],
  [1024, 240],
  [4096, 480],
];

function payloadOf(kind: Kind, length: number): Buffer {
  return Buffer.alloc(length, PATTERNS[kind]);
}

function whole(type: Kind, subcategory: number): ConformanceCase[] {
  return SIZES.map((length, index) =>
    echoes({
      id: `9.${subcategory}.${index + 1}`,
      group: `Large ${type} messages`,
      description: `A ${type} message of ${inUnits(length)}`,
      type,
      messages: 1,
      payload: () => payloadOf(type, length),
      send: (peer, payload) => peer.sendMessage(type, payload),
      seconds: SECONDS[type][index] as number,
    }),
  );
}

function fragmented(type: Kind, subcategory: number): ConformanceCase[] {
  return FRAGMENT_SIZES.map((size, index) =>
    echoes({
      id: `9.${subcategory}.${index + 1}`,
      group: `Large ${type} messages in fragments`,
      description: `A ${type} message of ${inUnits(FRAGMENTED)} in fragments of ${inUnits(size)}`,
      type,
      messages: 1,
      payload: () => payloadOf(type, FRAGMENTED),
      send: (peer, payload) => peer.send(fragments(OPCODE[type], payload, size)),
      seconds: 100,
    }),
  );
}

function chopped(type: Kind, subcategory: number): ConformanceCase[] {
  return CHOP_SIZES.map((size, index) =>
    echoes({
      id: `9.${subcategory}.${index + 1}`,
      group: `Large ${type} messages in small writes`,
      description: `A ${type} message of ${inUnits(CHOPPED)} in writes of ${size} bytes`,
      type,
      messages: 1,
      payload: () => payloadOf(type, CHOPPED),
      send: (peer, payload) => peer.send([frame(OPCODE[type], payload)], size),
      seconds: 1000,
    }),
  );
}

function roundTrips(type: Kind, subcategory: number): ConformanceCase[] {
  return ROUND_TRIPS.map(([length, seconds], index) => {
    const payload = payloadOf(type, length);
    return echoes({
      id: `9.${subcategory}.${index + 1}`,
      group: `Round trips of ${type} messages`,
      description: `1000 ${type} messages of ${inUnits(length)}`,
      type,
      messages: 1000,
      payload: () => payload,
      send: (peer) => peer.sendMessage(type, payload),
      seconds,
    });
  });
}

function inUnits(bytes: number): string {
  const [size, unit] = bytes >= MIB ? [bytes / MIB, 'MiB'] : bytes >= KIB ? [bytes / KIB, 'KiB'] : [bytes, 'bytes'];
  return `${size} ${unit}`;
}

export const LIMITS: readonly ConformanceCase[] = [
  ...whole('text', 1),
  ...whole('binary', 2),
  ...fragmented('text', 3),
  ...fragmented('binary', 4),
  ...chopped('text', 5),
  ...chopped('binary', 6),
  ...roundTrips('text', 7),
  ...roundTrips('binary', 8),
];
