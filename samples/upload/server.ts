import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { Upload } from './upload.js';

/** The upload, not yet listening: a page at `/`, the WebSockets at `/upload`. */
export function createUpload(): Sample {
  const server = createServer(pageFiles('upload'));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(Upload);
  return { server, container };
}
