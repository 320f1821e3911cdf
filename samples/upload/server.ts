import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Upload } from './upload.js';

// Found from the package's root, because the page isn't compiled: it stays in `samples/` when this file is in `build/`.
const PAGE = new URL('samples/upload/page/', import.meta.resolve('moorage/package.json'));

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/icon.svg': '../../chat/page/icon.svg',
  '/upload.css': 'upload.css',
  '/upload.js': 'upload.js',
};

/** The upload, not yet listening: a page at `/`, the WebSockets at `/upload`. */
export function createUpload(): Sample {
  const server = createServer(pageFiles(PAGE, (path) => FILES[path]));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Upload);
  return { server, container };
}
