/**
 * The ceiling: what Node's sockets allow when next to nothing is done above them. The upgrade is answered by hand; an
 * echo gives the bytes back as they came, unparsed and still masked; a broadcast joins what one read brought and writes
 * it once per socket. No limits, no validation, no deadlines: nothing to serve a real peer with.
 */
import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { announce } from './announce.js';

const members = new Set<Socket>();

function echo(this: Socket, chunk: Buffer): void {
  this.write(chunk);
}

/** Unmasks the frames of one read. The generator sends less than a read holds and frames below 126 bytes, whole. */
function broadcast(this: Socket, chunk: Buffer): void {
  const frames: Buffer[] = [];
  for (let at = 0; at < chunk.length; ) {
    const length = (chunk[at + 1] as number) & 0x7f;
    if (((chunk[at] as number) & 0x0f) === 8) {
      this.end(Buffer.of(0x88, 0));
      return;
    }
    const frame = Buffer.allocUnsafe(length + 2);
    frame[0] = chunk[at] as number;
    frame[1] = length;
    for (let i = 0; i < length; i++) frame[i + 2] = (chunk[at + 6 + i] as number) ^ (chunk[at + 2 + (i & 3)] as number);
    frames.push(frame);
    at += 6 + length;
  }
  const joined = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
  for (const member of members) member.write(joined);
}

const onData = process.argv[2] === 'broadcast' ? broadcast : echo;

/** The generator sends its request in one write, which arrives as one read on a loopback. */
function upgrade(this: Socket, head: Buffer): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(head.toString('latin1'))?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  this.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  members.add(this);
  this.on('data', onData);
}

function ignore(): void {}

function leave(this: Socket): void {
  members.delete(this);
}

announce(
  createServer({ noDelay: true }, (socket) => {
    socket.once('data', upgrade).on('error', ignore).on('close', leave);
  }),
);
