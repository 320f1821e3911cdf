import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import type { EndpointOptions, EndpointSettings } from './config.js';
import type { DispatchTable } from './dispatch-table.js';
import type { EndpointClass } from './instance-factory.js';
import type { Session } from './session.js';

/** An endpoint that has been found right, ready to be served. */
export interface CompiledEndpoint {
  /** The class's name, for messages. */
  readonly name: string;
  /** The path that `@WebSocket` gives, if it gives one. */
  readonly path: string | undefined;
  readonly options: EndpointOptions;
  /** One instance for every connection: by option, or because an instance was registered. */
  readonly stateless: boolean;
  readonly table: DispatchTable;
  /** Whether there are handlers for what decoders make. */
  readonly decodes: boolean;
  /** The table with other codecs than the endpoint's own; what is left out stays. @throws EndpointError */
  tableWith(codecs: CodecOptions): DispatchTable;
  /** The class to construct, or the instance or listener that serves all connections. */
  readonly target: EndpointClass | object;
  /** For an endpoint that must know where it is served: the table to use there in the place of `table`. */
  readonly tableFor?: ((place: ServingPlace) => DispatchTable) | undefined;
  /** For an endpoint that has a say in the handshake, as a creator has. */
  readonly handshake?: HandshakeHook | undefined;
  /** For an endpoint that has a say in the handshake where it connects out. */
  readonly clientHandshake?: ClientHandshakeHook | undefined;
}

export type CodecOptions = Pick<EndpointOptions, 'decoders' | 'encoders'>;

/** What connections at one place (a path of a container, the connections of a client) share. */
export interface ServingPlace {
  readonly settings: EndpointSettings;
  /** Live. */
  readonly sessions: Iterable<Session>;
}

/**
 * Called before an upgrade is answered. Gives the instance for the connection, or a refusal; nothing to leave the
 * instance to the container. May be asynchronous.
 */
export type HandshakeHook = (
  request: UpgradeRequest,
  response: HandshakeAnswer,
) => object | undefined | PromiseLike<object | undefined>;

/** The answer to an upgrade that is still to be sent. */
export interface HandshakeAnswer {
  /** `null` for none; undefined leaves it to the endpoint's options. */
  subprotocol: string | null | undefined;
  /** The names of those that may be agreed on; undefined for all. */
  extensions: readonly string[] | undefined;
  /** The names of those that there are to choose from. */
  readonly enabledExtensions: readonly string[];
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly principal: unknown;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

/** Both may be asynchronous, within the handshake's time. */
export interface ClientHandshakeHook {
  /** Gives the header fields to send, of those that were going to be sent. */
  beforeRequest(headers: SentHeaders): SentHeaders | PromiseLike<SentHeaders>;
  /** Sees the header fields that the server answered the upgrade with. */
  afterResponse(headers: SentHeaders): unknown;
}

/** Header fields by name; a list stands for a field that is sent several times. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>;
