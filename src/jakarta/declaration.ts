import 'reflect-metadata';
import type { EndpointOptions } from '../endpoint/config.js';
import type { MessageKind } from '../endpoint/message-kinds.js';
import type { Decoder } from '../messages/codec.js';
import type { When } from '../messages/message-router.js';
import type { DecoderOption, EncoderOption } from './codec.js';
import type { ClientEndpointConfigurator, ConfiguratorOption, ServerEndpointConfigurator } from './configurator.js';
import type { PathParamSpec } from './path-param.js';

/** What both kinds of endpoint are given, beside every option of Moorage's `@WebSocket`. */
interface CommonOptions extends Omit<EndpointOptions, 'path' | 'decoders' | 'encoders'> {
  /** What makes objects of messages, in the order in which they are asked. */
  decoders?: readonly DecoderOption[];
  /** What makes messages of objects, in the order in which they are asked. */
  encoders?: readonly EncoderOption[];
}

export interface ServerEndpointOptions extends CommonOptions {
  /** The path: `/chat/{room}`, or any other that `addEndpoint` takes. */
  value?: string;
  configurator?: ConfiguratorOption<ServerEndpointConfigurator>;
}

export interface ClientEndpointOptions extends CommonOptions {
  configurator?: ConfiguratorOption<ClientEndpointConfigurator>;
}

/** What every decorator of a method takes. */
export interface HandlerOptions {
  /** The method's last parameters: variables of the path, by name or by `pathParam(name, type)`. */
  readonly pathParams?: readonly (string | PathParamSpec)[];
}

export interface MessageOptions extends HandlerOptions {
  /** What is taken, where the parameters' types don't say it: a kind such as `'text'`, `'pong'`, or a decoder. */
  readonly as?: MessageKind | 'pong' | Decoder;
  /** Of decoded messages those that the method is for, as in Moorage's `@OnWebSocketMessage`. */
  readonly when?: When;
  /** Bytes of one message of the kind: a whole number from 1; -1, the default, for the endpoint's own limit. Over it: 1009. */
  readonly maxMessageSize?: number;
}

/** A decorator on a class, with its arguments as they were written, unchecked. */
export interface JakartaDeclaration {
  readonly decorator: '@ServerEndpoint' | '@ClientEndpoint';
  readonly given: unknown;
}

const CLASS = Symbol.for('moorage:jakarta-class');

export function declareJakarta(type: object, declaration: JakartaDeclaration): void {
  Reflect.defineMetadata(CLASS, [...jakartaDeclarationsOf(type), declaration], type);
}

/** Own ones only. */
export function jakartaDeclarationsOf(type: object): readonly JakartaDeclaration[] {
  return (Reflect.getOwnMetadata(CLASS, type) as readonly JakartaDeclaration[] | undefined) ?? [];
}
