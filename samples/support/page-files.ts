import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

const HEADERS = {
  'Cache-Control': 'no-cache',
  // Nothing but files of this server, no inline script or style, and only WebSockets back to this server.
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

/**
 * Answers plain HTTP requests with the files of a folder. `routes` tells which file stands at a path: only what it names
 * can be fetched, so no path leads out of the folder. A file is read once, when it is first asked for.
 */
export function pageFiles(folder: URL, routes: (path: string) => string | undefined): RequestListener {
  const files = new Map<string, Buffer>();
  const read = (name: string): Buffer => {
    const known = files.get(name);
    if (known !== undefined) return known;
    const file = readFileSync(new URL(name, folder));
    files.set(name, file);
    return file;
  };

  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return answer(request, response, 405, 'txt', 'Only GET and HEAD are answered here.\n');
    }
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const name = routes(path);
    if (name === undefined) return answer(request, response, 404, 'txt', 'There is nothing here.\n');
    answer(request, response, 200, name.slice(name.lastIndexOf('.') + 1), read(name));
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': CONTENT_TYPES[type] ?? 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
