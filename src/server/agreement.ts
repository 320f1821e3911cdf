import type { EndpointSettings } from '../endpoint/config.js';
import type { Extension } from '../protocol/extensions/extension.js';
import { HandshakeError } from '../protocol/handshake/response-headers.js';
import { selectSubprotocol, type ValidUpgrade } from '../protocol/handshake/server-handshake.js';
import type { ResponseHeaders } from '../protocol/handshake/upgrade-response.js';
import type { CreatorResponse } from './creator.js';

// What is answered to an upgrade: by the endpoint's options, except for what a creator wants otherwise.

export function agreedSubprotocol(
  { subprotocols: offered }: ValidUpgrade,
  { subprotocols }: EndpointSettings,
  wanted: CreatorResponse | undefined,
): string | undefined {
  return wanted?.subprotocol === undefined
    ? selectSubprotocol(offered, subprotocols)
    : (wanted.subprotocol ?? undefined);
}

/** @throws HandshakeError `MOORAGE_UNKNOWN_EXTENSION` for a name that the endpoint hasn't enabled. */
export function allowedExtensions(
  { extensions }: EndpointSettings,
  wanted: CreatorResponse | undefined,
): readonly Extension[] {
  const names = wanted?.extensions;
  if (names === undefined) {
    return extensions;
  }
  const unknown = names.find((name) => !extensions.some((extension) => extension.name === name));
  if (unknown !== undefined) {
    const enabled = extensions.map(({ name }) => name).join(', ');
    throw new HandshakeError(
      'MOORAGE_UNKNOWN_EXTENSION',
      `The creator allows the extension ${JSON.stringify(unknown)}, which the endpoint does not have: ` +
        `${enabled === '' ? 'enable it with the options compression or extensions' : `name some of ${enabled}`}, or leave response.extensions undefined.`,
    );
  }
  return extensions.filter(({ name }) => names.includes(name));
}

/**
 * The header fields of both, whatever the case of their names: a creator's take the place of the hook's, but for cookies,
 * which are sent beside each other.
 */
export function headersOf(
  granted: ResponseHeaders | undefined,
  wanted: CreatorResponse | undefined,
): ResponseHeaders | undefined {
  if (wanted === undefined || Object.keys(wanted.headers).length === 0) {
    return granted;
  }
  if (granted === undefined) {
    return wanted.headers;
  }
  const merged: Record<string, string | readonly string[]> = Object.create(null);
  const replaced = new Set(Object.keys(wanted.headers).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(granted)) {
    const lower = name.toLowerCase();
    if (lower === 'set-cookie' || !replaced.has(lower)) {
      merged[name] = value;
    }
  }
  for (const [name, value] of Object.entries(wanted.headers)) {
    const [twin, before] = Object.entries(merged).find(([each]) => each.toLowerCase() === name.toLowerCase()) ?? [name];
    merged[twin] = before === undefined ? value : [before, value].flat();
  }
  return merged;
}
