/** What compressing a message costs: JSON, each message for itself. */
import { constants, createDeflateRaw, type DeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Deflater } from '#moorage/protocol/extensions/deflater.js';
import { consume, type TimedStep } from './step.js';

const LEVEL = 3;
const OBJECT = '{"type":"move","x":12,"y":7,"who":"ada","text":"to the left, ok"},';
const deflater = new Deflater({ level: LEVEL, memLevel: 8, windowBits: 15 });

/** As one does with a stream of zlib's for each connection: write, flush, gather what comes. */
class StreamDeflater {
  readonly #stream: DeflateRaw = createDeflateRaw({ level: LEVEL });
  #chunks: Buffer[] = [];

  constructor() {
    this.#stream.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  deflate(data: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#stream.write(data);
      this.#stream.flush(constants.Z_SYNC_FLUSH, () => {
        const deflated = Buffer.concat(this.#chunks);
        this.#chunks = [];
        this.#stream.reset();
        resolve(deflated);
      });
    });
  }
}

const inflated = (deflated: Buffer): string =>
  inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString();

function steps(size: number): TimedStep[] {
  const title = size < 1024 ? `${size} B` : `${size / 1024} KiB`;
  const message = Buffer.from(OBJECT.repeat(Math.ceil(size / OBJECT.length)).slice(0, size));
  const stream = new StreamDeflater();
  const whole = (): Buffer => deflateRawSync(message, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
  const kept = {
    title: 'one call, with no more window and tables than it can use',
    run(times: number) {
      for (let i = 0; i < times; i++) consume(deflater.deflate(message, undefined));
    },
    result: () => inflated(deflater.deflate(message, undefined) as Buffer),
  };
  return [
    {
      measure: 'time',
      name: `deflate-${size}`,
      title: `deflate ${title} of JSON`,
      kept,
      plain: {
        title: 'a stream per connection, off the loop',
        async run(times) {
          for (let i = 0; i < times; i++) consume(await stream.deflate(message));
        },
      },
    },
    {
      measure: 'time',
      name: `deflate-window-${size}`,
      title: `deflate ${title} of JSON`,
      kept,
      plain: {
        title: 'one call, with a window of 32 KiB',
        run(times) {
          for (let i = 0; i < times; i++) consume(whole());
        },
        result: () => inflated(whole()),
      },
    },
  ];
}

export const COMPRESSION: readonly TimedStep[] = [64, 1024, 4096].flatMap(steps);
