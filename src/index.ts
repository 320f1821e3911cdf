/**
 * Moorage: annotated WebSocket endpoints for Node.js.
 *
 * This file is the public surface: what stands here keeps its meaning between minor versions, nothing else does.
 */

export type { ClientEvent, ClientEventListener } from './client/client-events.js';
export type { ClientConnectionOptions, ClientOptions, ConnectOptions } from './client/client-options.js';
export { ClientError, ConnectError, HandshakeTimeoutError, InvalidUrlError } from './client/errors.js';
export type { TlsOptions } from './client/hop.js';
export { KeptConnection } from './client/kept-connection.js';
export type {
  Interruption,
  KeptConnectionEnd,
  KeptConnectionEvent,
  KeptConnectionListener,
} from './client/kept-connection-events.js';
export { type ReconnectOptions, reconnectsByDefault } from './client/reconnect-policy.js';
export { WebSocketClient } from './client/websocket-client.js';
export type { ConnectionOptions, EndpointOptions, KeepAliveOptions, OriginPolicy } from './endpoint/config.js';
export type { Reply } from './endpoint/decorator-types.js';
export {
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  WebSocket,
} from './endpoint/decorators.js';
export { ConfigurationError, EndpointError, InvalidReplyError, UnsupportedDataError } from './endpoint/errors.js';
export { Frame } from './endpoint/frame.js';
export type { EndpointClass, InstanceFactory, InstantiableClass } from './endpoint/instance-factory.js';
export {
  ListenerEndpoint,
  type ListenerFactory,
  ListenerFactoryEndpoint,
  type ListenerOptions,
  listener,
  type WebSocketListener,
} from './endpoint/listener.js';
export type { MessageKind } from './endpoint/message-kinds.js';
export type { StreamOptions } from './endpoint/outgoing-parts.js';
export type { PathParameters } from './endpoint/path-parameters.js';
export { Session } from './endpoint/session.js';
export type { SocketAddress } from './engine/contract.js';
export { PreparedMessage } from './engine/prepared-message.js';
export type {
  BinaryMessageDecoder,
  Decoder,
  Encoded,
  Encoder,
  StreamMessageDecoder,
  TextMessageDecoder,
} from './messages/codec.js';
export { DecodeError, type DecodeErrorCode, EncodeError } from './messages/codec-errors.js';
export { type JsonCodec, json } from './messages/json-codec.js';
export type { StreamSource } from './messages/message-writer.js';
export type { Infer, StandardIssue, StandardResult, StandardSchema } from './messages/standard-schema.js';
export { CloseCode } from './protocol/close-code.js';
export {
  BadPayloadError,
  CloseError,
  MessageTooLargeError,
  MoorageError,
  PolicyViolationError,
  ProtocolError,
  SessionClosedError,
  TimeoutError,
} from './protocol/errors.js';
export { deflateFrame, xWebkitDeflateFrame } from './protocol/extensions/deflate-frame.js';
export type { DeflateOptions } from './protocol/extensions/deflate-options.js';
export {
  type AgreedExtension,
  type Extension,
  type ExtensionContext,
  ExtensionError,
  type ExtensionInstance,
} from './protocol/extensions/extension.js';
export { type FragmentOptions, fragment } from './protocol/extensions/fragment.js';
export { identity } from './protocol/extensions/identity.js';
export { perMessageDeflate } from './protocol/extensions/permessage-deflate.js';
export type { RequestHeaders } from './protocol/handshake/client-handshake.js';
export type { ExtensionOffer, ExtensionParameter } from './protocol/handshake/extension-offer.js';
export type { OriginCheck, OriginOption } from './protocol/handshake/origin.js';
export { HandshakeError } from './protocol/handshake/response-headers.js';
export { UpgradeError } from './protocol/handshake/upgrade-error.js';
export { UpgradeRequest } from './protocol/handshake/upgrade-request.js';
export { type ResponseHeaders, UpgradeResponse } from './protocol/handshake/upgrade-response.js';
export type { IncomingFrame } from './protocol/incoming-frame.js';
export { InvalidArgumentError } from './protocol/invalid-argument.js';
export { Opcode } from './protocol/opcode.js';
export type { OutgoingFrame, SendOptions } from './protocol/outgoing-frame.js';
export {
  type AcceptOptions,
  type AuthorizationContext,
  type AuthorizeHook,
  accept,
  type RefuseOptions,
  refuse,
  UpgradeApproval,
  UpgradeRefusal,
} from './server/authorization.js';
export { type Broker, type BrokerListener, InMemoryBroker } from './server/broker.js';
export { type BroadcastOptions, type Endpoint, WebSocketContainer } from './server/container.js';
export type {
  ContainerEvent,
  ContainerEventListener,
  ErrorPhase,
  SessionClosedEvent,
  SessionOpenedEvent,
  UnhandledErrorEvent,
  UpgradeRefusedEvent,
} from './server/container-events.js';
export type { ContainerOptions } from './server/container-options.js';
export { type Created, type Creator, CreatorEndpoint, CreatorResponse, creator } from './server/creator.js';
export type {
  CallObserver,
  HandlerEvent,
  IncomingUpgrade,
  Instrument,
  SessionObserver,
  TrafficKind,
  UpgradeObserver,
} from './server/instrument.js';
export { PathSpecError } from './server/path-spec.js';
export type { Publication } from './server/publication.js';
export type { PublishedMessage, PublishOptions, Topic, TopicOptions } from './server/publisher.js';
export { ContainerError, ListenError } from './server/server-errors.js';
export type { OpenSessions } from './server/session-directory.js';
export type { CloseOptions, CloseReport, ContainerState } from './server/shutdown.js';
export type { SlowPolicy } from './server/topic-member.js';
export type { UpgradableServer } from './server/upgradable-server.js';
