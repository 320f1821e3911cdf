import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { ForeignProcess } from './foreign-process.js';

/**
 * A reverse proxy in front of a server of ours, which
 *
 * - listens with and without TLS, and speaks plainly to the server
 * - passes all paths on, and what is below `/app/` without that
 * - keeps `Host`, but for what is below `/hidden/`
 * - says who asked, and how, in `X-Forwarded-For` and `X-Forwarded-Proto`
 * - cuts what is silent for {@link SILENCE} seconds
 */
export interface ReverseProxy {
  readonly port: number;
  readonly securePort: number;
  stop(): Promise<void>;
}

/** What a proxy is made from. */
export interface ProxyPlan {
  readonly upstream: number;
  /** A file with certificate and key. */
  readonly certificate: string;
}

/** Seconds of silence after which the proxies cut a connection. Theirs by default are 60 (nginx) and what one sets (HAProxy). */
export const SILENCE = 2;

/** How long a proxy may take to listen. */
const STARTING = 10_000;

interface Places {
  readonly directory: string;
  readonly port: number;
  readonly securePort: number;
}

/** Writes the configuration, runs the program in the foreground, and waits until it listens. */
export async function startProxy(
  command: (configuration: string) => readonly string[],
  configure: (places: Places) => string,
): Promise<ReverseProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'moorage-proxy-'));
  const [port, securePort] = await freePorts();
  const configuration = join(directory, 'proxy.conf');
  writeFileSync(configuration, configure({ directory, port, securePort }));
  const program = new ForeignProcess(command(configuration));
  const stop = async (): Promise<void> => {
    await program.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + STARTING;
  while (!((await listens(port)) && (await listens(securePort)))) {
    if (!program.running || Date.now() > deadline) {
      await stop();
      throw new Error(`The proxy does not listen:\n${program.complaints}`);
    }
    await passed(20);
  }
  return { port, securePort, stop };
}

/** Two ports that were free a moment ago: these programs can't be asked which they were given. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports as [number, number];
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false));
  });
}
