/**
 * Jakarta WebSocket's API (`javax.websocket`, `jakarta.websocket`) on Moorage: the same annotations, session and
 * configurators, compiled to the same endpoints. `docs/from-jakarta.md` says what differs.
 */

export { DecodeError as DecodeException, EncodeError as EncodeException } from '../messages/codec-errors.js';
export { CloseCodes, CloseReason } from './close-reason.js';
export { Decoder, type DecoderOption, Encoder, type EncoderOption } from './codec.js';
export {
  type ClientEndpointConfigurator,
  HandshakeRequest,
  HandshakeResponse,
  type ServerEndpointConfigurator,
} from './configurator.js';
export type { ClientEndpointOptions, HandlerOptions, MessageOptions, ServerEndpointOptions } from './declaration.js';
export { ClientEndpoint, OnClose, OnError, OnMessage, OnOpen, ServerEndpoint } from './decorators.js';
export { Endpoint } from './endpoint.js';
export { EndpointConfig } from './endpoint-config.js';
export { type AnyMessageHandler, MessageHandler, type PartialHandler, type WholeHandler } from './message-handler.js';
export { PathParam, PathParamError, type PathParamSpec, type PathParamType, pathParam } from './path-param.js';
export { PongMessage } from './pong-message.js';
export { AsyncRemote, BasicRemote } from './remote.js';
export { Session } from './session.js';
