/** What a write to a real socket costs. At its other end a process of its own reads and forgets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { consume, type TimedStep } from './step.js';

const READER = `
require('node:net').createServer((socket) => socket.resume().on('error', () => {}))
  .listen(0, '127.0.0.1', function () { process.stdout.write(this.address().port + '\\n'); });
process.stdin.on('end', () => process.exit()).resume();`;

const FRAME = Buffer.alloc(67, 'x');
const FRAMES = 16;
const TURN = Buffer.concat(Array.from({ length: FRAMES }, () => FRAME));

export interface Writing {
  readonly steps: readonly TimedStep[];
  stop(): void;
}

export async function startWriting(): Promise<Writing> {
  const reader = spawn(process.execPath, ['-e', READER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const socket = connect({ host: '127.0.0.1', port: await portOf(reader), noDelay: true });
  await once(socket, 'connect');
  return {
    steps: stepsOver(socket),
    stop() {
      socket.destroy();
      reader.stdin?.end();
    },
  };
}

async function portOf(reader: ChildProcess): Promise<number> {
  if (reader.stdout === null) throw new Error('the reader has no output');
  const [line] = await once(reader.stdout, 'data');
  return Number(String(line));
}

function stepsOver(socket: Socket): TimedStep[] {
  /** Does one turn's writes so many times, each in a turn of its own. */
  const turns = (write: () => void) => async (times: number) => {
    for (let i = 0; i < times; i++) {
      write();
      while (socket.writableLength > 0) await wait(1);
      if (i % 8 === 7) await new Promise(setImmediate);
    }
  };
  const joined = { title: 'joined, in one write', run: turns(() => consume(socket.write(TURN))) };
  const taken = (): void => consume(socket.bytesWritten);
  return [
    {
      measure: 'time',
      name: 'write-per-turn',
      title: 'write 16 frames of 67 B',
      kept: joined,
      plain: {
        title: 'each in a write of its own',
        run: turns(() => {
          for (let i = 0; i < FRAMES; i++) consume(socket.write(FRAME));
        }),
      },
    },
    {
      measure: 'time',
      name: 'write-gathered',
      title: 'write 16 frames of 67 B',
      kept: joined,
      plain: {
        title: 'corked: gathered by Node and the kernel',
        run: turns(() => {
          socket.cork();
          for (let i = 0; i < FRAMES; i++) consume(socket.write(FRAME));
          socket.uncork();
        }),
      },
    },
    {
      measure: 'time',
      name: 'write-callback',
      title: 'write one frame of 67 B',
      kept: { title: 'asking nobody when it is taken at once', run: turns(() => consume(socket.write(FRAME))) },
      plain: { title: 'with a callback', run: turns(() => consume(socket.write(FRAME, taken))) },
    },
  ];
}
