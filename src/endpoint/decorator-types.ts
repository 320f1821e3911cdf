import type { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Decoder } from '../messages/codec.js';
import type { Literal } from '../messages/message-router.js';
import type { EndpointOptions } from './config.js';
import type { Frame } from './frame.js';
import type { EndpointClass } from './instance-factory.js';
import type { MessageKind } from './message-kinds.js';
import type { Session } from './session.js';

// What the compiler is told about decorated methods. Each decorator has one overload for either flavour. A method fits
// when one of the argument lists below can be given to its parameters: with legacy decorators and emitted types these
// may stand in any order and be fewer, with standard decorators only in Jetty's order.

type Method = (...args: never[]) => unknown;

/** Can be given to a parameter of type `Session<Path>`, whatever the path. */
type S = Session<never>;

type Ordered<V> = [V] | [S, V];
type AnyOrder<V> = Ordered<V> | [V, S];
type OrderedPart<V> = [V, boolean] | [S, V, boolean];
type AnyOrderOfPart<V> =
  | ([V, boolean] | [boolean, V])
  | ([S, V, boolean] | [S, boolean, V] | [V, S, boolean])
  | ([boolean, S, V] | [V, boolean, S] | [boolean, V, S]);

/** Fits a parameter of Node's type as well as one of the browser's, where a program has both. */
type WebStream<T> = NodeReadableStream<T> & ReadableStream<T>;

type ConnectForms = [] | [S];
type CloseForms = [] | [number, string] | [S, number, string];
type HeartbeatForms = [] | Ordered<Buffer>;
type TypedHeartbeatForms = [] | [S] | AnyOrder<Buffer> | AnyOrder<ArrayBuffer>;
type TypedCloseForms =
  | ([] | [S] | AnyOrder<number> | AnyOrder<string> | [number, string] | [string, number])
  | ([S, number, string] | [S, string, number] | [number, S, string])
  | ([string, S, number] | [number, string, S] | [string, number, S]);

/** The form in which each kind of message is given. */
interface KindForms {
  text: Ordered<string>;
  binary: Ordered<Buffer>;
  uint8array: Ordered<Uint8Array>;
  arraybuffer: Ordered<ArrayBuffer>;
  'text-partial': OrderedPart<string>;
  'text-stream': Ordered<Readable>;
  'text-web-stream': Ordered<WebStream<string>>;
  'text-iterable': Ordered<AsyncIterable<string>>;
  'binary-partial': OrderedPart<Buffer>;
  'binary-stream': Ordered<Readable>;
  'binary-web-stream': Ordered<WebStream<Uint8Array>>;
  'binary-iterable': Ordered<AsyncIterable<Buffer>>;
  /** What a decoder makes that isn't named here is for its user to know. */
  decoded: Ordered<never>;
}
type TypedMessageForms =
  | (AnyOrder<string> | AnyOrder<Buffer> | AnyOrder<ArrayBuffer>)
  | (AnyOrderOfPart<string> | AnyOrderOfPart<Buffer> | AnyOrderOfPart<ArrayBuffer>)
  | (AnyOrder<Readable> | AnyOrder<WebStream<Uint8Array>>);

/**
 * What a message handler may return, as it stands or in a promise: it is sent as the reply. An object needs an encoder
 * of the endpoint's; of a generator each value is a message.
 */
export type Reply = string | object | null | undefined | void;

/** Stands in a compiler's message for what a decorated method should have been. */
export interface Mismatch<Accepted extends string> {
  readonly ' accepted': Accepted;
}

/** True for each form that can be given to the parameters and leaves none of them out; never where none can. */
type Fitting<Parameters extends readonly unknown[], Form> = Form extends readonly unknown[]
  ? Form extends Parameters
    ? Parameters['length'] extends Form['length']
      ? true
      : never
    : never
  : never;

type Checked<M extends Method, Forms, Accepted extends string> = [Fitting<Parameters<M>, Forms>] extends [never]
  ? Mismatch<Accepted>
  : unknown;

type Replying<M extends Method> = [Awaited<ReturnType<M>>] extends [Reply]
  ? unknown
  : Mismatch<'a handler that returns a string, bytes, an object for an encoder, a generator, nothing, or a promise of one of these'>;

/** Legacy decorators hand a static method's class over as the target. */
type OnPrototype<T> = T extends abstract new (
  ...args: never[]
) => unknown
  ? Mismatch<'a method of the instance, not a static one'>
  : unknown;

type PublicMethod = ClassMethodDecoratorContext & { readonly static: false; readonly private: false };

/** A decorator of methods that take one of `Typed` where types are emitted, one of `Plain` where they aren't. */
interface MethodDecorator<Typed, Plain, Accepted extends string> {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & Checked<M, Typed, Accepted>,
  ): void;
  <M extends Method>(method: M & Checked<M, Plain, Accepted>, context: PublicMethod): void;
}

/** Bare or called. */
type Either<D> = D & (() => D);

export type ConnectDecorator = Either<
  MethodDecorator<ConnectForms, ConnectForms, 'a connect handler: () or (session: Session)'>
>;

export type FrameDecorator = Either<
  MethodDecorator<
    AnyOrder<Frame>,
    Ordered<Frame>,
    'a frame handler: (frame: Frame) or (session: Session, frame: Frame)'
  >
>;

export type HeartbeatDecorator = Either<
  MethodDecorator<
    TypedHeartbeatForms,
    HeartbeatForms,
    'a ping or pong handler: (), (payload: Buffer) or (session: Session, payload: Buffer)'
  >
>;

export type CloseDecorator = Either<
  MethodDecorator<
    TypedCloseForms,
    CloseForms,
    'a close handler: (), (statusCode: number, reason: string) or (session: Session, statusCode: number, reason: string)'
  >
>;

type ErrorForm = 'an error handler: (cause: Error) or (session: Session, cause: Error)';

/** Where types are emitted an error handler may ask for a subclass of Error. */
interface ErrorMethodDecorator {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & Checked<M, AnyOrder<Error> | AnyOrder<Caught<Parameters<M>>>, ErrorForm>,
  ): void;
  <M extends Method>(method: M & Checked<M, Ordered<Error>, ErrorForm>, context: PublicMethod): void;
}

/** The kinds of error among a method's parameters. */
type Caught<Parameters extends readonly unknown[]> = [Extract<Parameters[number], Error>] extends [never]
  ? Error
  : Extract<Parameters[number], Error>;

export type ErrorDecorator = Either<ErrorMethodDecorator>;

type MessageForm =
  'a message handler: (text: string), (data: Buffer | Uint8Array | ArrayBuffer), either with (…, last: boolean) for parts, (stream: Readable | ReadableStream), or one of these with a Session; without emitted types the kind is written out, as in @OnWebSocketMessage("text")';

type DecodedForm =
  'a handler of decoded messages: (message) or (session: Session, message), where message is what the decoder makes';

type RoutedForm = 'a handler whose message has the fields that `when` compares, with these values among theirs';

/** Without a kind it is the emitted types that tell text from binary, so there is no overload for standard decorators. */
type TypedMessageDecorator = <T extends object, M extends Method>(
  target: T & OnPrototype<T>,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & Checked<M, TypedMessageForms, MessageForm> & Replying<M>,
) => void;

/** With what is taken written out the arguments stand in Jetty's order, in both flavours. */
interface WrittenMessageDecorator<Forms, Accepted extends string, W = undefined, Decoded = unknown> {
  <T extends object, M extends Method>(
    target: T & OnPrototype<T>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & Checked<M, Forms, Accepted> & Routed<M, W, Decoded> & Replying<M>,
  ): void;
  <M extends Method>(
    method: M & Checked<M, Forms, Accepted> & Routed<M, W, Decoded> & Replying<M>,
    context: PublicMethod,
  ): void;
}

/** The values of fields that choose a handler. */
type Fields = Readonly<Record<string, Literal>>;

/** A `when` of values must be one that a message can have: of what the decoder makes, or else what the method takes. */
type Routed<M extends Method, W, Decoded> = [W] extends [Fields]
  ? unknown extends Decoded
    ? RoutedTo<MessageOf<M>, W>
    : RoutedTo<Decoded, W>
  : unknown;

type MessageOf<M extends Method> = Parameters<M> extends readonly [...unknown[], infer Message] ? Message : unknown;

type RoutedTo<Message, W> = unknown extends Message
  ? unknown
  : [CanHave<Message, W>] extends [never]
    ? Mismatch<RoutedForm>
    : unknown;

/** True for each member of a union that can have these values in its fields; never where none can. */
type CanHave<Message, W> = Message extends unknown
  ? keyof W extends keyof Message
    ? W extends Readonly<Pick<Message, keyof W & keyof Message>>
      ? true
      : never
    : never
  : never;

/** Of a union what these values leave. */
export type Narrowed<T, W> = [Extract<T, W>] extends [never] ? T : Extract<T, W>;

/** What `when` of `@OnWebSocketMessage` takes besides the values of fields: a field's name, or a function. */
type OtherWhen<Message> = string | ((message: Message) => boolean);

interface DecodedMessageDecorator {
  <T>(decoder: Decoder<T>): WrittenMessageDecorator<Ordered<T>, DecodedForm>;
  <T, const W extends Fields>(
    decoder: Decoder<T>,
    routing: { readonly when: W },
  ): WrittenMessageDecorator<Ordered<Narrowed<T, W>>, DecodedForm, W, T>;
  <T, Message = unknown>(
    decoder: Decoder<T>,
    routing: { readonly when: OtherWhen<Message> },
  ): WrittenMessageDecorator<Ordered<T>, DecodedForm>;
  <T>(options: {
    readonly as: Decoder<T>;
    readonly when?: undefined;
  }): WrittenMessageDecorator<Ordered<T>, DecodedForm>;
  <T, const W extends Fields>(options: {
    readonly as: Decoder<T>;
    readonly when: W;
  }): WrittenMessageDecorator<Ordered<Narrowed<T, W>>, DecodedForm, W, T>;
  <T, Message = unknown>(options: {
    readonly as: Decoder<T>;
    readonly when: OtherWhen<Message>;
  }): WrittenMessageDecorator<Ordered<T>, DecodedForm>;
  <const W extends Fields>(options: {
    readonly as?: 'decoded';
    readonly when: W;
  }): WrittenMessageDecorator<KindForms['decoded'], DecodedForm, W>;
  <Message = unknown>(options: {
    readonly as?: 'decoded';
    readonly when: OtherWhen<Message>;
  }): WrittenMessageDecorator<KindForms['decoded'], DecodedForm>;
}

export type MessageDecorator = TypedMessageDecorator &
  (() => TypedMessageDecorator) &
  (<K extends MessageKind>(kind: K | { readonly as: K }) => WrittenMessageDecorator<KindForms[K], MessageForm>) &
  DecodedMessageDecorator;

/** A class that can be constructed, so not an abstract one. */
interface ClassDecorator {
  (type: EndpointClass): void;
  (type: EndpointClass, context: ClassDecoratorContext): void;
}

export interface WebSocketDecorator {
  (type: EndpointClass): void;
  (type: EndpointClass, context: ClassDecoratorContext): void;
  (path: string, options?: Omit<EndpointOptions, 'path'>): ClassDecorator;
  (options?: EndpointOptions): ClassDecorator;
}
