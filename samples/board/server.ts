import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Board } from './board.js';

// Found from the package's root, because the page isn't compiled: it stays in `samples/` when this file is in `build/`.
const PAGE = new URL('samples/board/page/', import.meta.resolve('moorage/package.json'));

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/icon.svg': '../../chat/page/icon.svg',
  '/board.css': 'board.css',
  '/board.js': 'board.js',
};

/** The board, not yet listening: a page at `/`, the WebSockets at `/board`. */
export function createBoard(): Sample {
  const server = createServer(pageFiles(PAGE, (path) => FILES[path]));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(new Board((message) => container.publish('board', message)));
  return { server, container };
}
