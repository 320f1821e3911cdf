import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Subject } from './subject.js';
import { Watcher } from './watcher.js';

// Found from the package's root, because the page isn't compiled: it stays in `samples/` when this file is in `build/`.
const PAGE = new URL('samples/debug/page/', import.meta.resolve('moorage/package.json'));

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/icon.svg': '../../chat/page/icon.svg',
  '/debug.css': 'debug.css',
  '/debug.js': 'debug.js',
};

/** The debug tool, not yet listening: a page at `/`, the WebSockets at `/subject/{id}` and `/watch/{id}`. */
export function createDebug(): Sample {
  const server = createServer(pageFiles(PAGE, (path) => FILES[path]));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Subject);
  container.addEndpoint(Watcher);
  return { server, container };
}
