import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { expect } from 'chai';
import { listener, OnWebSocketMessage, WebSocket } from 'moorage';
import { RawPeer } from '../support/raw-peer.js';
import { putAwayAfterEach, serve, tracked } from './serving.js';

const MIB = 1024 ** 2;
const PIECE = MIB;
/** Far less than what is sent; more than a garbage collector lets lie between two of its runs. */
const ALLOWANCE = 96 * MIB;

/** A frame of a binary message with the mask 0, which leaves bytes as they are: it can be sent over and over. */
function frame(opcode: number, fin: boolean): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt8((fin ? 0x80 : 0) | opcode);
  header.writeUInt8(0x80 | 127, 1);
  header.writeBigUInt64BE(BigInt(PIECE), 2);
  return Buffer.concat([header, Buffer.alloc(PIECE, 7)]);
}

/** Sends so much as one message, as fast as it is taken, and tells the most memory that the process grew by meanwhile. */
async function upload(peer: RawPeer, size: number): Promise<number> {
  const [first, middle, last] = [frame(2, false), frame(0, false), frame(0, true)];
  const before = process.memoryUsage.rss();
  let most = 0;
  for (let sent = 0; sent < size; sent += PIECE) {
    const piece = sent === 0 ? first : sent === size - PIECE ? last : middle;
    if (!peer.socket.write(piece)) await new Promise((resolve) => peer.socket.once('drain', resolve));
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  return most;
}

async function counted(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return `${bytes} bytes`;
}

@WebSocket({ path: '/node', maxBinaryMessageSize: Infinity })
class NodeStream {
  @OnWebSocketMessage('binary-stream')
  onUpload(data: Readable) {
    return counted(data);
  }
}

@WebSocket({ path: '/web', maxBinaryMessageSize: Infinity })
class WebStream {
  @OnWebSocketMessage('binary-web-stream')
  onUpload(data: ReadableStream<Uint8Array>) {
    return counted(data);
  }
}

@WebSocket({ path: '/parts', maxBinaryMessageSize: Infinity })
class Parts {
  #bytes = 0;

  @OnWebSocketMessage('binary-partial')
  async onPart(part: Buffer, last: boolean) {
    await null;
    this.#bytes += part.length;
    return last ? `${this.#bytes} bytes` : undefined;
  }
}

const count = listener(
  { onWebSocketBinaryStream: (_session, data) => counted(data) },
  { path: '/listener', maxBinaryMessageSize: Infinity },
);

describe('A huge message', function () {
  this.timeout(120_000);
  putAwayAfterEach();

  for (const [size, form, endpoint, path] of [
    [1024, 'a Readable', NodeStream, '/node'],
    [256, 'a ReadableStream', WebStream, '/web'],
    [256, 'parts', Parts, '/parts'],
    [256, 'a listener’s stream', count, '/listener'],
  ] as const) {
    it(`of ${size} MiB passes through ${form} in constant memory`, async () => {
      const serving = await serve((container) => container.addEndpoint(endpoint));
      const peer = tracked(await RawPeer.open(serving.target, path));
      const most = await upload(peer, size * MIB);
      expect(await peer.readText()).to.equal(`${size * MIB} bytes`);
      expect(most).to.be.below(ALLOWANCE);
    });
  }
});
