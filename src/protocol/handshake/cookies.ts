import { trimmed } from './headers.js';

/**
 * The cookies of a `Cookie` header (RFC 6265 §4.2), in one pass. What has no `=` or no name is passed over: a broken
 * cookie of another application on the same host must not lock its user out.
 *
 * Values lose their surrounding quotes and are percent-decoded where that is possible, as `encodeURIComponent` on the
 * page's side expects; of a repeated name the first counts, which is the one with the most specific path.
 */
export function parseCookies(text: string): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null);
  let start = 0;
  while (start < text.length) {
    const semicolon = text.indexOf(';', start);
    const end = semicolon === -1 ? text.length : semicolon;
    const pair = text.slice(start, end);
    start = end + 1;
    const equals = pair.indexOf('=');
    const name = trimmed(pair, 0, Math.max(equals, 0));
    if (name !== '' && cookies[name] === undefined) {
      cookies[name] = cookieValue(trimmed(pair, equals + 1, pair.length));
    }
  }
  return cookies;
}

function cookieValue(text: string): string {
  const value = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  if (!value.includes('%')) {
    return value;
  }
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
