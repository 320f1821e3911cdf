import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { expect } from 'chai';
import fc from 'fast-check';
import { BadPayloadError, MessageTooLargeError } from 'moorage';
import type { Settling } from '#moorage/messages/message-sink.js';
import { NodeMessageStream } from '#moorage/messages/node-message-stream.js';
import { StreamSink } from '#moorage/messages/stream-sink.js';
import { WebMessageStream } from '#moorage/messages/web-message-stream.js';
import { Opcode } from '#moorage/protocol/opcode.js';
import { frame } from '../endpoint/fake-channel.js';
import { settled } from '../support/engine.js';
import { cut, cuts } from './pieces.js';

type Stream = AsyncIterable<string | Uint8Array>;
type Consumer = (stream: never) => Settling;

const KINDS = { Readable: NodeMessageStream, ReadableStream: WebMessageStream } as const;

interface Opened {
  readonly sink: StreamSink;
  readonly failures: unknown[];
}

function open(
  kind: keyof typeof KINDS,
  deliver: Consumer,
  { opcode = Opcode.Binary as 1 | 2, limit = Infinity } = {},
): Opened {
  const failures: unknown[] = [];
  const sink = new StreamSink(opcode, limit, new KINDS[kind](opcode), {
    deliver: deliver as (stream: unknown) => Settling,
    fail: (thrown) => void failures.push(thrown),
  });
  return { sink, failures };
}

async function failure(promise: Settling): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}

const KiB64 = [...Buffer.alloc(64 * 1024)];

for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
  describe(`Messages as a ${kind}`, () => {
    it('come to the same wherever they were cut', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary' }), cuts, async (text, lengths) => {
          const chunks: (string | Uint8Array)[] = [];
          const consume = async (stream: Stream): Promise<void> => {
            for await (const chunk of stream) chunks.push(chunk);
          };
          const { sink } = open(kind, consume, { opcode: Opcode.Text });
          for (const each of cut('Text', Buffer.from(text), lengths)) await sink.append(each);
          expect(chunks.every((chunk) => typeof chunk === 'string')).to.equal(true);
          expect(chunks.join('')).to.equal(text);

          const bytes: Uint8Array[] = [];
          const binary = open(kind, async (stream: Stream) => {
            for await (const chunk of stream) bytes.push(chunk as Uint8Array);
          });
          for (const each of cut('Binary', Buffer.from(text), lengths)) await binary.sink.append(each);
          expect(Buffer.concat(bytes).toString()).to.equal(text);
        }),
        { numRuns: 50 },
      );
    });

    it('begin with their first piece', () => {
      let begun = 0;
      const { sink } = open(kind, () => void begun++);
      expect(begun).to.equal(0);
      void sink.append(frame('Binary', [1], { fin: false }));
      void sink.append(frame('Continuation', [2], { fin: false }));
      expect(begun).to.equal(1);
    });

    it('are done when they were read to the end and their consumer has settled', async () => {
      let finish = (): void => undefined;
      const consume = async (stream: Stream): Promise<void> => {
        for await (const _chunk of stream);
        await new Promise<void>((resolve) => (finish = resolve));
      };
      const { sink } = open(kind, consume);
      let done = false;
      void (sink.append(frame('Binary', [1])) as Promise<void>).then(() => (done = true));
      await settled();
      expect(done).to.equal(false);
      finish();
      await settled();
      expect(done).to.equal(true);
    });

    it('are thrown away when their consumer returns without reading', async () => {
      const { sink, failures } = open(kind, () => undefined);
      for (let round = 0; round < 8; round++) {
        expect(sink.append(frame(round === 0 ? 'Binary' : 'Continuation', KiB64, { fin: false }))).to.equal(undefined);
      }
      await sink.append(frame('Continuation', [1]));
      expect(failures).to.deep.equal([]);
    });

    it('are thrown away when their consumer gives up in the middle', async () => {
      const consume = async (stream: Stream): Promise<void> => {
        for await (const _chunk of stream) break;
      };
      const { sink } = open(kind, consume);
      for (let round = 0; round < 8; round++) {
        await sink.append(frame(round === 0 ? 'Binary' : 'Continuation', KiB64, { fin: false }));
      }
      await sink.append(frame('Continuation', [1]));
    });

    it('fail their reader when the connection ends before them, and wait for it to let go', async () => {
      const seen: unknown[] = [];
      const consume = async (stream: Stream): Promise<void> => {
        try {
          for await (const chunk of stream) seen.push((chunk as Uint8Array).length);
        } catch (error) {
          seen.push(error);
          throw error;
        }
      };
      const { sink, failures } = open(kind, consume);
      await sink.append(frame('Binary', [1, 2], { fin: false }));
      await settled();
      const cause = new Error('gone');
      await sink.abort(cause);
      expect(seen).to.deep.equal([2, cause]);
      expect(failures).to.deep.equal([]);
    });

    it('tell of what a consumer throws because of something else', async () => {
      const other = new Error('other');
      const consume = async (stream: Stream): Promise<void> => {
        try {
          for await (const _chunk of stream);
        } catch {
          throw other;
        }
      };
      const { sink, failures } = open(kind, consume);
      await sink.append(frame('Binary', [1, 2], { fin: false }));
      expect(await failure(sink.abort(new Error('gone')))).to.equal(other);
      expect(failures).to.deep.equal([]);
    });

    it('tell of a consumer that fails while they arrive, and throw the rest away', async () => {
      const cause = new Error('full');
      const { sink, failures } = open(kind, async (stream: Stream) => {
        for await (const _chunk of stream) throw cause;
      });
      await sink.append(frame('Binary', [1, 2], { fin: false }));
      await settled();
      expect(failures).to.deep.equal([cause]);
      await sink.append(frame('Continuation', [3]));
    });

    it('let what a consumer throws at once pass', () => {
      const { sink } = open(kind, () => {
        throw new RangeError('at once');
      });
      expect(() => sink.append(frame('Binary', [1]))).to.throw(RangeError, 'at once');
      expect(sink.abort(new Error('x'))).to.equal(undefined);
    });

    it('are checked for their limit and for UTF-8 before anything is handed on', () => {
      const limited = open(kind, () => new Promise(() => undefined), { limit: 2 });
      void limited.sink.append(frame('Binary', [1, 2], { fin: false }));
      expect(() => limited.sink.append(frame('Continuation', [3]))).to.throw(MessageTooLargeError);
      const text = open(kind, () => new Promise(() => undefined), { opcode: Opcode.Text });
      void text.sink.append(frame('Text', [0x61], { fin: false }));
      expect(() => text.sink.append(frame('Continuation', [0x80]))).to.throw(BadPayloadError);
    });

    it('bring no process down when nobody listens to their error', async () => {
      let stream: unknown;
      const { sink } = open(kind, (given) => {
        stream = given;
        return new Promise(() => undefined);
      });
      await Promise.race([sink.append(frame('Binary', [1], { fin: false })), settled()]);
      void sink.abort(new Error('gone'));
      await settled();
      expect(stream).not.to.equal(undefined);
    });
  });
}

describe('Messages as a Readable', () => {
  it('ask for more while their buffer has room, and wait when it is full', async () => {
    let stream: Readable | undefined;
    const { sink } = open('Readable', (given: Readable) => {
      stream = given;
      return new Promise(() => undefined);
    });
    expect(sink.append(frame('Binary', [1], { fin: false }))).to.equal(undefined);
    const waiting = sink.append(frame('Continuation', KiB64, { fin: false }));
    expect(waiting).to.be.instanceOf(Promise);
    let asked = false;
    void (waiting as Promise<void>).then(() => (asked = true));
    await settled();
    expect(asked).to.equal(false);
    stream?.read();
    await settled();
    expect(asked).to.equal(true);
  });

  it('go on after their handler returned, when it has begun to read', async () => {
    const chunks: Buffer[] = [];
    const { sink } = open('Readable', (stream: Readable) => void stream.on('data', (chunk) => chunks.push(chunk)));
    await sink.append(frame('Binary', [1], { fin: false }));
    await sink.append(frame('Continuation', [2]));
    expect(Buffer.concat(chunks)).to.deep.equal(Buffer.from([1, 2]));
  });

  it('fail a pipeline, and end as a stream does', async () => {
    const ended: string[] = [];
    const { sink } = open('Readable', async (stream: Readable) => {
      void once(stream, 'end').then(() => ended.push('end'));
      await pipeline(stream, async (source: AsyncIterable<Buffer>) => {
        for await (const _chunk of source);
      });
      ended.push('done');
    });
    await sink.append(frame('Binary', [1]));
    expect(ended.sort()).to.deep.equal(['done', 'end']);
  });
});

describe('Messages as a ReadableStream', () => {
  it('ask for more only when there is a read that waits', async () => {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const { sink } = open('ReadableStream', (stream: ReadableStream<Uint8Array>) => {
      reader = stream.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      return new Promise(() => undefined);
    });
    let asked = false;
    void (sink.append(frame('Binary', [1], { fin: false })) as Promise<void>).then(() => (asked = true));
    await settled();
    expect(asked).to.equal(false);
    const { value } = await reader!.read();
    expect([...value!]).to.deep.equal([1]);
    expect(Buffer.isBuffer(value)).to.equal(false);
    await settled();
    expect(asked).to.equal(true);
  });

  it('may be cancelled', async () => {
    const { sink } = open('ReadableStream', (stream: ReadableStream) => stream.cancel());
    await sink.append(frame('Binary', [1], { fin: false }));
    await sink.append(frame('Continuation', KiB64));
  });
});
