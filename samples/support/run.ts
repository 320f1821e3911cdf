import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocketContainer } from 'moorage';
import { closeOnSignals } from 'moorage/operations';

const DEFAULT_PORT = 8080;
const GRACE_MS = 5_000;

/** What a sample's `main.ts` runs: a server with its container. */
export interface Sample {
  readonly server: Server;
  readonly container: WebSocketContainer;
}

/**
 * Runs a sample as a program: listens on `PORT` (8080 by default; `HOST` narrows it to one address), prints the URL
 * when it is ready, and on Ctrl+C or SIGTERM (or on other `signals`) lets every connection end properly before the process does.
 */
export function run(title: string, { server, container }: Sample, signals?: readonly NodeJS.Signals[]): void {
  const port = portFrom(process.env['PORT']);
  const host = process.env['HOST'];

  server.once('error', (error: NodeJS.ErrnoException) => fail(explain(error, port, host)));
  server.listen({ port, host }, () => {
    const address = server.address() as AddressInfo;
    const name = host === undefined ? 'localhost' : address.family === 'IPv6' ? `[${host}]` : host;
    console.log(`${title} is ready: http://${name}:${address.port}  (Ctrl+C ends it)`);
  });

  // Every peer gets 1001 and the close handlers are awaited, then the server closes; asked twice, at once.
  closeOnSignals(container, { server, timeout: GRACE_MS, ...(signals && { signals }) });
}

function portFrom(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  return fail(`PORT is "${text}"; it must be a whole number from 0 to 65535. For instance: PORT=8081 npm start`);
}

function explain(error: NodeJS.ErrnoException, port: number, host: string | undefined): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Choose another one: PORT=${port === 65_535 ? 8081 : port + 1} npm start`;
    case 'EACCES':
      return `Port ${port} is not allowed for this user. Choose one above 1023: PORT=${DEFAULT_PORT} npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST is "${host}", which is no address of this machine. For this machine alone: HOST=127.0.0.1 npm start`;
    default:
      return `The server could not start: ${error.message}`;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
