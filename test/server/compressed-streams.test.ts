/** Compressed messages that are longer than anybody wants to hold, over real sockets and both ways. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { OnWebSocketError, OnWebSocketMessage, Session, WebSocket, WebSocketClient } from 'moorage';
import { type FrameParts, frameBytes, RawPeer } from '../support/raw-peer.js';
import { afterTest, Log, putAwayAfterEach, serve, tracked } from './serving.js';

const MIB = 1024 * 1024;
const SIZE = 32 * MIB;
/** What the kernel's buffers take, of data half of which compress to nothing, and what both sides hold. */
const UNDER_WAY = 12 * MIB;

/** Half of it compresses to nothing, half not at all. */
const CHUNK = Buffer.concat([randomBytes(32 * 1024), Buffer.alloc(32 * 1024)]);

/** What has been given by the one side and not taken by the other. */
class Outstanding {
  most = 0;
  #given = 0;
  #taken = 0;

  *chunks(size: number): Generator<Buffer> {
    for (; this.#given < size; ) {
      this.#given += CHUNK.length;
      this.most = Math.max(this.most, this.#given - this.#taken);
      yield CHUNK;
    }
  }

  take(bytes: Buffer): void {
    const at = this.#taken % CHUNK.length;
    const expected = CHUNK.subarray(at, at + bytes.length);
    if (!bytes.subarray(0, expected.length).equals(expected)) throw new Error('Other bytes than were sent');
    this.#taken += bytes.length;
  }

  get taken(): number {
    return this.#taken;
  }
}

let outstanding = new Outstanding();
const done = new Log<string>();

/** Slower than what sends: each chunk takes a turn of the event loop. */
async function consume(stream: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of stream) {
    outstanding.take(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

@WebSocket({ path: '/stream' })
class Streams {
  @OnWebSocketMessage
  async onUpload(_session: Session, upload: Readable): Promise<void> {
    await consume(upload);
    done.add('streamed');
  }
}

@WebSocket({ path: '/parts' })
class Parts {
  @OnWebSocketMessage
  async onPart(_session: Session, part: Buffer, last: boolean): Promise<void> {
    await consume(Readable.from([part]));
    if (last) done.add('taken in parts');
  }
}

@WebSocket({ path: '/back' })
class Back {
  @OnWebSocketMessage
  async onUpload(session: Session, upload: Readable): Promise<void> {
    await session.sendStream(upload);
  }
}

@WebSocket()
class Receiver {
  @OnWebSocketMessage
  async onDownload(_session: Session, download: Readable): Promise<void> {
    await consume(download);
    done.add('sent back');
  }

  @OnWebSocketError
  onError(cause: Error): void {
    done.add(String(cause));
  }
}

describe('A compressed message of 32 MiB', function () {
  this.timeout(120_000);
  putAwayAfterEach();

  beforeEach(() => {
    outstanding = new Outstanding();
    done.entries.length = 0;
  });

  for (const [path, Endpoint, outcome, contextTakeover] of [
    ['/stream', Streams, 'streamed', false],
    ['/parts', Parts, 'taken in parts', true],
    ['/back', Back, 'sent back', true],
  ] as const) {
    it(`is ${outcome} while a bounded part of it is under way, context takeover ${contextTakeover}`, async () => {
      const options = { maxBinaryMessageSize: Infinity, compression: { contextTakeover, level: 1 } };
      const { target } = await serve((container) => container.addEndpoint(Endpoint), options);
      const client = new WebSocketClient(options);
      afterTest(() => client.close({ timeout: 0 }));
      const session = await client.connect(Receiver, `ws://127.0.0.1:${target.port}${path}`);
      expect(session.upgradeResponse.extensions).to.match(/^permessage-deflate/);
      void session.sendStream(outstanding.chunks(SIZE));
      expect(await done.until(() => true)).to.equal(outcome);
      expect(outstanding.taken).to.equal(SIZE);
      expect(outstanding.most).to.be.below(UNDER_WAY);
    });
  }
});

@WebSocket({ path: '/count' })
class Counting {
  static bytes = 0;

  @OnWebSocketMessage
  async onUpload(_session: Session, upload: Readable): Promise<void> {
    for await (const chunk of upload) Counting.bytes += chunk.length;
  }

  @OnWebSocketError
  onError(cause: Error & { code?: string }): void {
    done.add(cause.code ?? cause.message);
  }
}

describe('A compressed message that is taken as a stream', () => {
  putAwayAfterEach();

  beforeEach(() => {
    Counting.bytes = 0;
    done.entries.length = 0;
  });

  async function sending(...frames: FrameParts[]) {
    const options = { maxBinaryMessageSize: 10 * MIB, compression: true };
    const { target } = await serve((container) => container.addEndpoint(Counting), options);
    const headers = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
    const { peer } = await RawPeer.request(target, { path: '/count', headers });
    tracked(peer).send(Buffer.concat(frames.map(frameBytes)));
    return { peer, failed: await done.until(() => true) };
  }

  it('is handed on up to its limit, however little it takes on the wire, and ends with 1009 there', async () => {
    const bomb = deflateRawSync(Buffer.alloc(100 * MIB));
    expect(bomb.length).to.be.below(MIB);
    const { peer, failed } = await sending({ opcode: 2, rsv: 4, payload: bomb });
    expect(failed).to.equal('MOORAGE_MESSAGE_TOO_LARGE');
    expect((await peer.readClose()).code).to.equal(1009);
    expect(Counting.bytes).to.be.within(9 * MIB, 10 * MIB);
  });

  it('ends with 1007 where it can’t be inflated on, after what could be', async () => {
    const broken = Buffer.concat([
      deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_SYNC_FLUSH }),
      Buffer.alloc(100_000, 0xff),
    ]);
    const { peer, failed } = await sending({ opcode: 2, rsv: 4, payload: broken });
    expect(failed).to.equal('MOORAGE_INVALID_COMPRESSED_DATA');
    expect((await peer.readClose()).code).to.equal(1007);
    expect(Counting.bytes).to.be.above(0);
  });
});
