import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';

/** What Jakarta calls the request URI: absolute, with the query. */
export function requestUri(request: UpgradeRequest): URL {
  const { url, host = 'localhost', isSecure } = request;
  const scheme = isSecure ? 'wss' : 'ws';
  if (!url.startsWith('/')) {
    return new URL(url.replace(/^http/i, 'ws'));
  }
  // A Host that is none is the peer's mistake, and this is no place to fail for it.
  return URL.canParse(`${scheme}://${host}`)
    ? new URL(`${scheme}://${host}${url}`)
    : new URL(`${scheme}://localhost${url}`);
}

/** The query's values by name. */
export function parameterMap(request: UpgradeRequest): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of request.query) {
    const values = map.get(name);
    if (values === undefined) {
      map.set(name, [value]);
    } else {
      values.push(value);
    }
  }
  return map;
}
