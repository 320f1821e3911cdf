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

export function headersOf(
  granted: ResponseHeaders | undefined,
  wanted: CreatorResponse | undefined,
): ResponseHeaders | undefined {
  if (wanted === undefined || Object.keys(wanted.headers).length === 0) {
    return granted;
  }
  return granted === undefined ? wanted.headers : { ...granted, ...wanted.headers };
}
