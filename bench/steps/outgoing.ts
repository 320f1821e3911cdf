/** What goes out, up to the socket: frames and messages for many. */
import { OutgoingSlab } from '#moorage/engine/outgoing-slab.js';
import { PreparedMessage } from '#moorage/engine/prepared-message.js';
import {
  firstByte,
  generateFrame,
  headerLength,
  maxTextFrameLength,
  writeHeader,
  writeTextFrame,
} from '#moorage/protocol/frame-generator.js';
import { Opcode } from '#moorage/protocol/opcode.js';
import { consume, type TimedStep } from './step.js';

const TEXT = '{"type":"move","x":12,"y":7,"who":"ada","text":"to the left, ok"}';
const FIRST = firstByte(Opcode.Text, true);
const FRAMES = 16;
const MEMBERS = 1000;

const slab = new OutgoingSlab();

function intoSlab(text: string): number {
  slab.reserve(maxTextFrameLength(text.length));
  const start = slab.position;
  slab.commit(writeTextFrame(slab.buffer, start, FIRST, text, undefined));
  return start;
}

/** The frames of one turn of one connection, as what is handed to the socket. */
function turnInSlab(): Buffer {
  slab.reserve(FRAMES * maxTextFrameLength(TEXT.length));
  const start = slab.position;
  for (let i = 0; i < FRAMES; i++) intoSlab(TEXT);
  return slab.buffer.subarray(start, slab.position);
}

function turnInBuffers(): Buffer {
  const frames: Buffer[] = [];
  for (let i = 0; i < FRAMES; i++) frames.push(generateFrame(FIRST, Buffer.from(TEXT)));
  return Buffer.concat(frames);
}

const frames: TimedStep = {
  measure: 'time',
  name: 'slab',
  title: 'frame 16 texts of 65 B for one write',
  kept: {
    title: 'side by side in a shared slab',
    run(times) {
      for (let i = 0; i < times; i++) consume(turnInSlab());
    },
    result: turnInSlab,
  },
  plain: {
    title: 'a Buffer each, then joined',
    run(times) {
      for (let i = 0; i < times; i++) consume(turnInBuffers());
    },
    result: turnInBuffers,
  },
};

function encodedOnce(): Buffer {
  const start = intoSlab(TEXT);
  return slab.buffer.subarray(start, slab.position);
}

/** As long as the text, then as long as the header tells: the text is walked through twice. */
function measuredFirst(): Buffer {
  const length = Buffer.byteLength(TEXT);
  const frame = Buffer.allocUnsafe(headerLength(length, false) + length);
  frame.write(TEXT, writeHeader(frame, 0, FIRST, length, undefined));
  return frame;
}

const texts: TimedStep = {
  measure: 'time',
  name: 'text-frame',
  title: 'frame one text of 65 B',
  kept: {
    title: 'encoded once, its header guessed',
    run(times) {
      for (let i = 0; i < times; i++) consume(encodedOnce());
    },
    result: encodedOnce,
  },
  plain: {
    title: 'measured first, in a Buffer of its own',
    run(times) {
      for (let i = 0; i < times; i++) consume(measuredFirst());
    },
    result: measuredFirst,
  },
};

const broadcast: TimedStep = {
  measure: 'time',
  name: 'broadcast',
  title: 'frame one text of 65 B for 1,000 members',
  kept: {
    title: 'once, shared by all',
    run(times) {
      for (let i = 0; i < times; i++) {
        const message = PreparedMessage.text(TEXT);
        for (let member = 0; member < MEMBERS; member++) consume(message.frame);
      }
    },
    result: () => PreparedMessage.text(TEXT).frame,
  },
  plain: {
    title: 'once for each',
    run(times) {
      for (let i = 0; i < times; i++) {
        for (let member = 0; member < MEMBERS; member++) consume(intoSlab(TEXT));
      }
    },
    result: encodedOnce,
  },
};

export const OUTGOING: readonly TimedStep[] = [texts, frames, broadcast];
