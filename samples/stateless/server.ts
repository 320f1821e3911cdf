import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Ticker } from './ticker.js';

// Found from the package's root, because the page isn't compiled: it stays in `samples/` when this file is in `build/`.
const PAGE = new URL('samples/stateless/page/', import.meta.resolve('moorage/package.json'));

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/icon.svg': '../../chat/page/icon.svg',
  '/ticker.css': 'ticker.css',
  '/ticker.js': 'ticker.js',
};

/** The ticker, not yet listening: a page at `/`, the WebSockets at `/prices`, a tick each `interval` milliseconds. */
export function createTicker(interval = 1_000): Sample {
  const server = createServer(pageFiles(PAGE, (path) => FILES[path]));
  const container = new WebSocketContainer({ server });
  const ticker = new Ticker();
  container.addEndpoint(ticker); // an instance, not the class

  let timer: NodeJS.Timeout | undefined;
  server.on('listening', () => {
    timer = setInterval(() => ticker.tick(), interval);
  });
  server.on('close', () => clearInterval(timer));
  return { server, container };
}
