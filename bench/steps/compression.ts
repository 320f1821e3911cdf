/** What compressing a message costs: JSON, each message for itself. */
import { constants, createDeflateRaw, type DeflateRaw, inflateRawSync } from 'node:zlib';
import { sharedCodecs } from '#moorage/protocol/extensions/codecs.js';
import { WholeDeflater } from '#moorage/protocol/extensions/deflate-whole.js';
import { consume, type TimedStep } from './step.js';

const LEVEL = 3;
const OBJECT = '{"type":"move","x":12,"y":7,"who":"ada","text":"to the left, ok"},';
const SETTINGS = { level: LEVEL, memLevel: 8, windowBits: 15 };
const deflater = sharedCodecs().deflater(SETTINGS);
const whole = new WholeDeflater(SETTINGS);

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
  const kept = {
    title: 'one compressor for all connections, at once',
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
      name: `deflate-setup-${size}`,
      title: `deflate ${title} of JSON`,
      kept,
      plain: {
        title: 'set up for each message, as small as it can be',
        run(times) {
          for (let i = 0; i < times; i++) consume(whole.deflate(message, undefined));
        },
        result: () => inflated(whole.deflate(message, undefined) as Buffer),
      },
    },
  ];
}

export const COMPRESSION: readonly TimedStep[] = [64, 1024, 4096].flatMap(steps);
