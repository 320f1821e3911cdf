import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { json, OnWebSocketError, OnWebSocketMessage, Session, WebSocket } from 'moorage';

/** The largest file that is taken, in bytes. One over it ends the connection with 1009. */
export const MAX_FILE_SIZE = 1024 ** 3;

/** How many bytes pass between two progress messages. */
export const PROGRESS_STEP = 1024 ** 2;

export interface Progress {
  readonly type: 'progress';
  readonly received: number;
}

export interface Done {
  readonly type: 'done';
  readonly received: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * A binary message is a file. It passes through as a stream: its bytes are counted and hashed and then forgotten, so a
 * file of any size takes the same small amount of memory. One that keeps the bytes pipes `data` into a file instead.
 */
@WebSocket({ path: '/upload', maxBinaryMessageSize: MAX_FILE_SIZE, maxFragments: Infinity, encoders: [json()] })
export class Upload {
  /** Reading sets the pace: while a chunk is being dealt with the browser is made to wait. */
  @OnWebSocketMessage
  async onFile(session: Session, data: Readable): Promise<Done> {
    const hash = createHash('sha256');
    let received = 0;
    let told = 0;
    for await (const chunk of data as AsyncIterable<Buffer>) {
      hash.update(chunk);
      received += chunk.length;
      if (received - told >= PROGRESS_STEP) {
        told = received;
        await session.send({ type: 'progress', received } satisfies Progress);
      }
    }
    return { type: 'done', received, sha256: hash.digest('hex') };
  }

  @OnWebSocketError
  onError(cause: Error): void {
    console.warn('An upload is cut off:', cause.message);
  }
}
