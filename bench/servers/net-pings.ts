/**
 * The ceiling for connections that are held: the upgrade answered by hand, and an empty ping to each connection every 25
 * seconds, a few of them each tenth of a second. Who answers is not looked at.
 */
import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { announce } from './announce.js';

const INTERVAL = 25_000;
const TICK = 100;
const PING = Buffer.of(0x89, 0);
const sockets: Socket[] = [];
let next = 0;
let due = 0;

function ignore(): void {}

function upgrade(this: Socket, head: Buffer): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(head.toString('latin1'))?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  this.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  sockets.push(this);
  this.on('data', ignore);
}

setInterval(() => {
  due += (sockets.length * TICK) / INTERVAL;
  for (; due >= 1; due--) {
    next = (next + 1) % sockets.length;
    sockets[next]?.write(PING);
  }
}, TICK);

announce(createServer({ noDelay: true }, (socket) => socket.once('data', upgrade).on('error', ignore)));
