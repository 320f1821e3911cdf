/** A process with our client in it: connects to every URL that its parent names. */
import { WebSocketClient } from 'moorage';
import { Echo } from './echo.js';
import { COMPRESSION, type CompressionName, PROFILE } from './profile.js';

export interface Summons {
  readonly url: string;
  readonly compression: CompressionName;
}

const client = new WebSocketClient({ ...PROFILE, onEvent: () => undefined });
process.on('message', ({ url, compression }: Summons) => {
  // Where it fails, the case that waits for the connection tells.
  client.connect(Echo, url, { compression: COMPRESSION[compression] }).catch(() => undefined);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
