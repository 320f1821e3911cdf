import { Duplex, Readable } from 'node:stream';
import { expect } from 'chai';
import {
  type EndpointOptions,
  OnWebSocketClose,
  OnWebSocketError,
  OnWebSocketMessage,
  OnWebSocketPing,
  WebSocket,
} from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { resolveSettings } from '#moorage/endpoint/config.js';
import { EndpointHandler } from '#moorage/endpoint/endpoint-handler.js';
import { Connection } from '#moorage/engine/connection.js';
import { createEnvironment } from '#moorage/engine/environment.js';
import { settled } from '../support/engine.js';
import { MemoryTransport } from '../support/memory-transport.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { describeFrame, readFrames, Wire } from '../support/wire.js';
import { upgradeRecord } from './connect.js';

// Endpoints that take messages while they arrive, on the real engine.

const MiB = 1024 * 1024;

interface Opened<T> {
  readonly instance: T;
  readonly handler: EndpointHandler;
  readonly connection: Connection;
  readonly reported: unknown[];
}

function serve<T extends object>(type: new () => T, duplex: Duplex, options: EndpointOptions = {}): Opened<T> {
  const { table } = compileEndpoint(type);
  const settings = resolveSettings({}, options);
  const instance = new type();
  const reported: unknown[] = [];
  const handler = new EndpointHandler(table, instance, upgradeRecord(), {
    settings,
    report: (cause) => void reported.push(cause),
  });
  const connection = new Connection(
    duplex,
    handler,
    settings.connection,
    createEnvironment('server', new VirtualClock()),
  );
  connection.start(Buffer.alloc(0));
  return { instance, handler, connection, reported };
}

function written(transport: MemoryTransport): string[] {
  return readFrames(transport.wire).map(describeFrame);
}

const peer = Wire.peerOf('server');

/** A peer that uploads one binary message as fast as it is let. */
class Uploader extends Duplex {
  sent = 0;
  readonly #total: number;

  constructor(total: number) {
    super();
    this.#total = total;
    // RFC 6455 §5.2: FIN and binary; masked, with a length of 64 bits; a masking key of zero changes nothing.
    const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(BigInt(total), 2);
    this.push(header);
  }

  override _read(): void {
    if (this.sent < this.#total) {
      this.sent += 64 * 1024;
      this.push(Buffer.alloc(64 * 1024, 0x61));
    }
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

@WebSocket
class Upload {
  stream: Readable | undefined;
  done = false;
  @OnWebSocketMessage async onUpload(stream: Readable) {
    this.stream = stream;
    await new Promise((resolve) => stream.once('close', resolve));
    this.done = true;
  }
}

@WebSocket
class Lines {
  readonly log: unknown[] = [];
  @OnWebSocketMessage('text-stream') async onText(text: Readable) {
    this.log.push('begins');
    try {
      for await (const chunk of text) {
        this.log.push(chunk);
        if (chunk === 'fail') throw new RangeError('mine');
      }
      return 'thanks';
    } catch (error) {
      this.log.push(error);
      throw error;
    } finally {
      this.log.push('ends');
    }
  }
  @OnWebSocketPing onPing() {
    this.log.push('ping');
  }
  @OnWebSocketError onError(cause: Error) {
    this.log.push(['error', cause]);
  }
  @OnWebSocketClose onClose(code: number) {
    this.log.push(['close', code]);
  }
}

describe('Messages that are taken while they arrive', () => {
  it('hold no more than the bounds allow, however large they are and however slow their reader is', async () => {
    const uploader = new Uploader(64 * MiB);
    const { instance } = serve(Upload, uploader, { maxBinaryMessageSize: Infinity });
    let read = 0;
    let most = 0;
    await settled();
    while (!instance.done) {
      const chunk = instance.stream?.read() as Buffer | null;
      read += chunk?.length ?? 0;
      most = Math.max(most, uploader.sent - read);
      await settled();
    }
    expect(read).to.equal(64 * MiB);
    // The engine's look-ahead (1 MiB), the stream's buffer (64 KiB), the transport's, and a chunk between each.
    expect(most).to.be.lessThan(1.5 * MiB);
  });

  it('stop the peer when nobody reads', async () => {
    const uploader = new Uploader(64 * MiB);
    serve(Upload, uploader, { maxBinaryMessageSize: Infinity });
    await settled();
    await settled();
    const { sent } = uploader;
    expect(sent).to.be.lessThan(1.5 * MiB);
    await settled();
    expect(uploader.sent).to.equal(sent);
  });

  it('are limited by maxBinaryMessageSize like others', async () => {
    const uploader = new Uploader(64 * MiB);
    const { instance, reported } = serve(Upload, uploader, { maxBinaryMessageSize: 32 * MiB });
    await settled();
    expect(instance.stream).to.equal(undefined);
    expect(reported[0]).to.have.property('code', 'MOORAGE_MESSAGE_TOO_LARGE');
  });

  it('let pings through, and the next message wait', async () => {
    const transport = new MemoryTransport();
    const { instance } = serve(Lines, transport);
    transport.deliver(peer.text('one', { fin: false }));
    await settled();
    transport.deliver(peer.ping('?'));
    await settled();
    transport.deliver(peer.continuation('two'), peer.text('next'));
    await settled();
    expect(instance.log).to.deep.equal(['begins', 'one', 'ping', 'two', 'ends', 'begins', 'next', 'ends']);
    expect(written(transport)).to.deep.equal(['pong ?', 'text thanks', 'text thanks']);
  });

  it('fail the connection at once when their method fails', async () => {
    const transport = new MemoryTransport();
    const { instance } = serve(Lines, transport);
    transport.deliver(peer.text('fail', { fin: false }));
    await settled();
    const [, , mine, , error, close] = instance.log as [0, 0, Error, 0, unknown[], unknown[]];
    expect(mine).to.be.instanceOf(RangeError);
    expect([error, close]).to.deep.equal([
      ['error', mine],
      ['close', 1011],
    ]);
    expect(written(transport)).to.deep.equal(['close 1011 Internal error']);
  });

  it('fail their method when the connection ends in the middle, before close', async () => {
    const transport = new MemoryTransport();
    const { instance, reported } = serve(Lines, transport);
    transport.deliver(peer.text('one', { fin: false }));
    await settled();
    transport.finish();
    await settled();
    const [, , cause] = instance.log;
    expect(cause).to.have.property('code', 'MOORAGE_SESSION_CLOSED');
    expect(instance.log).to.deep.equal(['begins', 'one', cause, 'ends', ['close', 1006]]);
    expect(reported).to.deep.equal([]);
  });

  it('fail their method with what is wrong with them, before error', async () => {
    const transport = new MemoryTransport();
    const { instance } = serve(Lines, transport);
    transport.deliver(peer.text('one', { fin: false }));
    await settled();
    transport.deliver(peer.continuation(Buffer.from([0xff])));
    await settled();
    const [, , cause] = instance.log;
    expect(cause).to.have.property('code', 'MOORAGE_INVALID_UTF8');
    expect(instance.log).to.deep.equal(['begins', 'one', cause, 'ends', ['error', cause], ['close', 1007]]);
  });

  it('are read to their end after the session was closed from this side', async () => {
    const transport = new MemoryTransport();
    const { instance, connection } = serve(Lines, transport);
    transport.deliver(peer.text('one', { fin: false }));
    await settled();
    connection.close(1000, '');
    transport.deliver(peer.continuation('two'), peer.close(1000));
    await settled();
    expect(instance.log).to.deep.equal(['begins', 'one', 'two', 'ends', ['close', 1000]]);
  });
});
