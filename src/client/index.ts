/** `moorage/client`: endpoints that connect out. Loads no server. */

export type { RequestHeaders } from '../protocol/handshake/client-handshake.js';
export { UpgradeError } from '../protocol/handshake/upgrade-error.js';
export type { ClientEvent, ClientEventListener } from './client-events.js';
export type { ClientConnectionOptions, ClientOptions, ConnectOptions } from './client-options.js';
export { ClientError, ConnectError, HandshakeTimeoutError, InvalidUrlError } from './errors.js';
export type { TlsOptions } from './hop.js';
export { KeptConnection } from './kept-connection.js';
export type {
  Interruption,
  KeptConnectionEnd,
  KeptConnectionEvent,
  KeptConnectionListener,
} from './kept-connection-events.js';
export { type ReconnectOptions, reconnectsByDefault } from './reconnect-policy.js';
export { WebSocketClient } from './websocket-client.js';
