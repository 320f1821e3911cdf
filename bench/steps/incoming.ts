/** What comes in: masks, text, messages in many pieces. */
import { isUtf8 } from 'node:buffer';
import { randomFillSync } from 'node:crypto';
import { readText } from '#moorage/messages/text-sink.js';
import { ByteGatherer } from '#moorage/protocol/byte-gatherer.js';
import { IncomingFrame } from '#moorage/protocol/incoming-frame.js';
import { applyMask } from '#moorage/protocol/mask.js';
import { Opcode } from '#moorage/protocol/opcode.js';
import { consume, type TimedStep } from './step.js';

const KEY = 0x5a3c19e7;
const KEY_BYTES = Buffer.from([0xe7, 0x19, 0x3c, 0x5a]);

function maskByByte(bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] as number) ^ (KEY_BYTES[(at - start) & 3] as number);
}

/** A payload behind the six bytes of a short header, as it lies in a chunk. */
function masking(size: number): TimedStep {
  const chunk = randomFillSync(Buffer.allocUnsafeSlow(size + 6));
  const once = (mask: (bytes: Buffer) => unknown) => () => {
    const copy = Buffer.from(chunk);
    mask(copy);
    return copy;
  };
  const kept = (bytes: Buffer): boolean => applyMask(bytes, 6, bytes.length, KEY, 0);
  const plain = (bytes: Buffer): void => maskByByte(bytes, 6, bytes.length);
  const title = size < 1024 ? `${size} B` : size < 1 << 20 ? `${size / 1024} KiB` : `${size >> 20} MiB`;
  return {
    measure: 'time',
    name: `unmask-${title.replace(' ', '').replace('iB', '').replace('B', '').toLowerCase()}`,
    title: `unmask ${title}`,
    kept: {
      title: size < 1024 ? 'four bytes at a time' : 'four 32-bit words at a time',
      run(times) {
        for (let i = 0; i < times; i++) consume(kept(chunk));
      },
      result: once(kept),
    },
    plain: {
      title: 'byte by byte, key[i % 4]',
      run(times) {
        for (let i = 0; i < times; i++) plain(chunk);
      },
      result: once(plain),
    },
  };
}

const FRAME_LENGTH = 6 + 64;
const BURST = randomFillSync(Buffer.allocUnsafeSlow(16 * FRAME_LENGTH));

/** The payloads of 16 frames that came in one read. */
function unmaskBurst(bytes: Buffer, mask: (bytes: Buffer, start: number, end: number) => unknown): Buffer {
  for (let end = FRAME_LENGTH; end <= bytes.length; end += FRAME_LENGTH) mask(bytes, end - 64, end);
  return bytes;
}

function burstByView(bytes: Buffer): Buffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return unmaskBurst(bytes, (all, start, end) => applyMask(all, start, end, KEY, 0, view));
}

const burst: TimedStep = {
  measure: 'time',
  name: 'unmask-burst',
  title: 'unmask 16 frames of 64 B that came in one read',
  kept: {
    title: 'by 32-bit words, through one view of the chunk',
    run(times) {
      for (let i = 0; i < times; i++) consume(burstByView(BURST));
    },
    result: () => burstByView(Buffer.from(BURST)),
  },
  plain: {
    title: 'byte by byte, key[i % 4]',
    run(times) {
      for (let i = 0; i < times; i++) consume(unmaskBurst(BURST, maskByByte));
    },
    result: () => unmaskBurst(Buffer.from(BURST), maskByByte),
  },
};

const COPIED = randomFillSync(Buffer.allocUnsafeSlow(16 * 1024));

const inPlace: TimedStep = {
  measure: 'time',
  name: 'unmask-in-place',
  title: 'unmask 16 KiB, where',
  kept: {
    title: 'in the chunk that the socket gave',
    run(times) {
      for (let i = 0; i < times; i++) consume(applyMask(COPIED, 0, COPIED.length, KEY, 0));
    },
  },
  plain: {
    title: 'in a copy',
    run(times) {
      for (let i = 0; i < times; i++) {
        const copy = Buffer.from(COPIED);
        applyMask(copy, 0, copy.length, KEY, 0);
        consume(copy);
      }
    },
  },
};

function decoding(name: string, title: string, text: string, how: string): TimedStep {
  const bytes = Buffer.from(text);
  const ascii = bytes.length === text.length;
  const frame = new IncomingFrame(Opcode.Text, true, 0, bytes, 0, bytes.length, true, true, ascii);
  const kept = (): string => readText(frame, 1 << 20);
  const plain = (): string => {
    const payload = bytes.subarray(frame.start, frame.end);
    if (!isUtf8(payload)) throw new Error('not UTF-8');
    return payload.toString('utf8');
  };
  return {
    measure: 'time',
    name,
    title,
    kept: {
      title: how,
      run(times) {
        for (let i = 0; i < times; i++) consume(kept());
      },
      result: kept,
    },
    plain: {
      title: 'check for UTF-8, then toString',
      run(times) {
        for (let i = 0; i < times; i++) consume(plain());
      },
      result: plain,
    },
  };
}

const ASCII = '{"type":"move","x":12,"y":7,"who":"ada","text":"to the left, ok"}';
const BEYOND = 'съешь же ещё этих мягких французских булок';
const KNOWN = 'Latin-1, known to fit since unmasking';
const FOUND_OUT = 'decode, and look for U+FFFD';

const FRAGMENTS = 4096;
const FRAGMENT = Buffer.from('x');

function gathered(): Buffer {
  const gatherer = new ByteGatherer();
  for (let i = 0; i < FRAGMENTS; i++) gatherer.append(FRAGMENT, 0, 1);
  return gatherer.finish();
}

function concatenated(): Buffer {
  const pieces: Buffer[] = [];
  for (let i = 0; i < FRAGMENTS; i++) pieces.push(FRAGMENT.subarray(0, 1));
  return Buffer.concat(pieces);
}

const fragments: TimedStep = {
  measure: 'time',
  name: 'fragments',
  title: 'gather 4,096 fragments of one byte',
  kept: {
    title: 'copied into blocks that double',
    run(times) {
      for (let i = 0; i < times; i++) consume(gathered());
    },
    result: gathered,
  },
  plain: {
    title: 'kept in a list, then joined',
    run(times) {
      for (let i = 0; i < times; i++) consume(concatenated());
    },
    result: concatenated,
  },
};

export const INCOMING: readonly TimedStep[] = [
  masking(64),
  burst,
  masking(1024),
  masking(16 * 1024),
  masking(1024 * 1024),
  inPlace,
  decoding('ascii-64', 'decode 65 B of ASCII', ASCII, KNOWN),
  decoding('ascii-4k', 'decode 4 KiB of ASCII', ASCII.repeat(63), KNOWN),
  decoding('utf8-78', `decode ${Buffer.byteLength(BEYOND)} B of Cyrillic`, BEYOND, FOUND_OUT),
  decoding('utf8-4k', 'decode 4 KiB of Cyrillic', BEYOND.repeat(52), FOUND_OUT),
  fragments,
];
