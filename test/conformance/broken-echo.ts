/** Echo peers that are right but for one defect, to see that the suite finds it. */
import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FrameReader } from './peer/frame-reader.js';
import { close, encodeFrames, type Frame, frame, OPCODE } from './peer/frames.js';
import { acceptOf, readHead } from './peer/http.js';

export type Defect =
  | 'none'
  | 'answers pings with nothing'
  | 'checks no UTF-8'
  | 'checks UTF-8 when a message is whole'
  | 'checks no frames'
  | 'fails before it echoes'
  | 'closes with 1000 whatever happened'
  | 'drops TCP where it should send a Close'
  | 'never ends TCP'
  | 'masks as the other side should'
  | 'echoes text as binary'
  | 'loses the last byte'
  | 'repeats itself';

const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A server with the defect; its port is that of its address. */
export async function brokenServer(defect: Defect): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: defect === 'never ends TCP' }, async (socket) => {
    sockets.add(socket);
    const { headers, rest } = await readHead(socket, 1000);
    const accept = acceptOf(headers.get('sec-websocket-key') ?? '');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    new BrokenEcho(socket, 'server', defect, rest);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

/** A client with the defect, which connects to where it is told. */
export async function brokenClient(url: string, defect: Defect): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${SAMPLE_KEY}\r\n\r\n`,
  );
  const { rest } = await readHead(socket, 1000);
  new BrokenEcho(socket, 'client', defect, rest);
}

class BrokenEcho {
  readonly #socket: Socket;
  readonly #role: 'server' | 'client';
  readonly #defect: Defect;
  #message: Frame[] = [];
  #closed = false;

  constructor(socket: Socket, role: 'server' | 'client', defect: Defect, head: Buffer) {
    this.#socket = socket;
    this.#role = role;
    this.#defect = defect;
    const reader = new FrameReader(role === 'server', (one) => this.#take(one));
    const read = (chunk: Buffer) => {
      if (!this.#closed) {
        reader.push(chunk);
      }
    };
    socket.on('error', () => undefined);
    read(head);
    socket.resume();
    socket.on('data', read);
  }

  #take(one: Frame): void {
    if (this.#closed) {
      return;
    }
    if (this.#defect !== 'checks no frames' && !this.#fits(one)) {
      this.#close(1002);
    } else if (one.opcode === OPCODE.ping) {
      this.#answerPing(one);
    } else if (one.opcode === OPCODE.close) {
      this.#answerClose(one.payload);
    } else if (one.opcode <= OPCODE.binary) {
      this.#gather(one);
    }
  }

  #fits({ opcode, rsv, fin, payload }: Frame): boolean {
    const known = opcode <= OPCODE.binary || (opcode >= OPCODE.close && opcode <= OPCODE.pong);
    const fitsControl = opcode < 8 || (fin && payload.length <= 125);
    const continues = opcode === OPCODE.continuation;
    const fitsData = opcode >= 8 || continues === this.#message.length > 0;
    return rsv === 0 && known && fitsControl && fitsData;
  }

  #answerPing({ payload }: Frame): void {
    if (this.#defect !== 'answers pings with nothing') {
      this.#send(frame(OPCODE.pong, payload));
    }
  }

  #answerClose(payload: Buffer): void {
    const code = payload.length < 2 ? undefined : payload.readUInt16BE(0);
    const valid = payload.length !== 1 && (code === undefined || (code >= 1000 && code < 1004) || code >= 3000);
    this.#close(valid ? code : 1002);
  }

  #gather(one: Frame): void {
    this.#message.push(one);
    const payload = Buffer.concat(this.#message.map((part) => part.payload));
    const isText = this.#message[0]?.opcode === OPCODE.text;
    const early = this.#defect !== 'checks UTF-8 when a message is whole';
    if (isText && this.#defect !== 'checks no UTF-8' && (early || one.fin) && !beginsUtf8(payload, one.fin)) {
      this.#close(1007);
    } else if (one.fin) {
      this.#message = [];
      this.#echo(isText ? OPCODE.text : OPCODE.binary, payload);
    }
  }

  #echo(opcode: number, payload: Buffer): void {
    const shown = this.#defect === 'loses the last byte' ? payload.subarray(0, -1) : payload;
    const echo = frame(this.#defect === 'echoes text as binary' ? OPCODE.binary : opcode, shown);
    if (this.#defect === 'fails before it echoes') {
      setImmediate(() => this.#closed || this.#send(echo));
      return;
    }
    this.#send(echo);
    if (this.#defect === 'repeats itself') {
      this.#send(echo);
    }
  }

  #close(code: number | undefined): void {
    this.#closed = true;
    if (this.#defect === 'drops TCP where it should send a Close') {
      this.#socket.destroy();
      return;
    }
    this.#send(close(this.#defect === 'closes with 1000 whatever happened' ? 1000 : code));
    if (this.#role === 'server' && this.#defect !== 'never ends TCP') {
      this.#socket.end();
    }
  }

  #send(one: Frame): void {
    const masks = (this.#role === 'client') !== (this.#defect === 'masks as the other side should');
    this.#socket.write(encodeFrames([one], masks ? () => 0x37fa213d : undefined));
  }
}

/** Whether text may begin so; of a whole one, whether it is UTF-8. */
function beginsUtf8(bytes: Buffer, whole: boolean): boolean {
  if (whole) {
    return isUtf8(bytes);
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
