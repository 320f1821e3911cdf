import { createServer } from 'node:http';
import { WebSocketContainer } from 'moorage';
import { pageFiles } from '../support/page-files.js';
import type { Sample } from '../support/run.js';
import { ChatMember } from './chat-member.js';

/** A room's address shows the same page, which reads the room from it. */
const isPage = (path: string): boolean => path === '/' || /^\/rooms\/[^/]+$/.test(path);

/** The chat, not yet listening: the page at `/` and `/rooms/{room}`, the WebSockets at `/chat/{room}`. */
export function createChat(): Sample {
  const server = createServer(pageFiles('chat', isPage));
  const container = new WebSocketContainer({ server });
  container.addEndpoint(ChatMember);
  return { server, container };
}
