import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Ticker } from './ticker.js';

/** The ticker, not yet listening: a page at `/`, the WebSockets at `/prices`, a tick each `interval` milliseconds. */
export function createTicker(interval = 1_000): Sample {
  const server = createServer(pageFiles('stateless'));
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
