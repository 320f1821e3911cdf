import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { ChatMember } from './chat-member.js';

// Found from the package's root, because the page isn't compiled: it stays in `samples/` when this file is in `build/`.
const PAGE = new URL('samples/chat/page/', import.meta.resolve('moorage/package.json'));

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/chat.css': 'chat.css',
  '/chat.js': 'chat.js',
  '/icon.svg': 'icon.svg',
};

/** The chat, not yet listening: the page at `/` and `/rooms/{room}`, the WebSockets at `/chat/{room}`. */
export function createChat(): Sample {
  const server = createServer(pageFiles(PAGE, (path) => (/^\/rooms\/[^/]+$/.test(path) ? 'index.html' : FILES[path])));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(ChatMember);
  return { server, container };
}
