import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

// Found from the package's root, because pages aren't compiled: they stay in `samples/` when this file is in `build/`.
const SAMPLES = new URL('samples/', import.meta.resolve('moorage/package.json'));

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

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Answers plain HTTP requests with the page of a sample: `index.html` at `/` (and wherever else `isPage` says), the other
 * files of its folder by their names, and so those that all pages share (`support/page`). Files are read once, here, so no
 * request has a way to any other.
 */
export function pageFiles(sample: string, isPage = (path: string): boolean => path === '/'): RequestListener {
  const files = new Map([...filesOf('support'), ...filesOf(sample)]);

  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return answer(request, response, 405, text('Only GET and HEAD are answered here.\n'));
    }
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const file = files.get(isPage(path) ? '/' : path);
    if (file === undefined) answer(request, response, 404, text('There is nothing here.\n'));
    else answer(request, response, 200, file);
  };
}

function filesOf(sample: string): [path: string, file: PageFile][] {
  const folder = new URL(`${sample}/page/`, SAMPLES);
  return readdirSync(folder).map((name) => {
    const type = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return [name === 'index.html' ? '/' : `/${name}`, { type, content: readFileSync(new URL(name, folder)) }];
  });
}

function text(words: string): PageFile {
  return { type: 'text/plain; charset=utf-8', content: Buffer.from(words) };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, { type, content }: PageFile): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, 'Content-Length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}
