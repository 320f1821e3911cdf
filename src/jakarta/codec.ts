import type { Readable } from 'node:stream';
import { described } from '../endpoint/described.js';
import * as native from '../messages/codec.js';
import { textOf } from '../protocol/thrown.js';
import type { EndpointConfig } from './endpoint-config.js';

// Jakarta's eight interfaces, as classes to extend: which of them a codec is must be known at run time.

/** Common to all codecs. */
abstract class Codec {
  /**
   * Called once, when the endpoint is registered: an endpoint has one instance of each of its codecs, whatever the number
   * of its sessions.
   */
  init?(config: EndpointConfig): void;
}

abstract class TextDecoder<T> extends Codec {
  /** Whether it takes the message; every one where it is left out. The first of the endpoint's that does, decodes. */
  willDecode?(text: string): boolean;
  /** What it throws becomes the cause of a `DecodeException`. */
  abstract decode(text: string): T | PromiseLike<T>;
}

abstract class BinaryDecoder<T> extends Codec {
  /** Whether it takes the message; every one where it is left out. The first of the endpoint's that does, decodes. */
  willDecode?(data: Buffer): boolean;
  /** What it throws becomes the cause of a `DecodeException`. */
  abstract decode(data: Buffer): T | PromiseLike<T>;
}

abstract class StreamDecoder<T> extends Codec {
  /** What it throws becomes the cause of a `DecodeException`. */
  abstract decode(stream: Readable): T | PromiseLike<T>;
}

abstract class TextStreamDecoder<T> extends StreamDecoder<T> {}

abstract class BinaryStreamDecoder<T> extends StreamDecoder<T> {}

type Type<T> = abstract new (...args: never[]) => T;

abstract class ValueEncoder<T> extends Codec {
  /** The class whose instances it takes. Java reads it off the type parameter; here it is written: `readonly type = Move`. */
  readonly type?: Type<T>;

  /** Whether it takes a value: an instance of `type`, unless this is overridden. The first of the endpoint's that does, encodes. */
  willEncode(value: unknown): boolean {
    return this.type !== undefined && value instanceof this.type;
  }
}

abstract class TextEncoder<T> extends ValueEncoder<T> {
  /** What it throws becomes the cause of an `EncodeException`. */
  abstract encode(object: T): string | PromiseLike<string>;
}

abstract class BinaryEncoder<T> extends ValueEncoder<T> {
  /** What it throws becomes the cause of an `EncodeException`. */
  abstract encode(object: T): Uint8Array | ArrayBuffer | PromiseLike<Uint8Array | ArrayBuffer>;
}

abstract class TextStreamEncoder<T> extends ValueEncoder<T> {
  /** Gives the text in pieces; each is sent as a fragment. */
  abstract encode(object: T): AsyncIterable<string>;
}

abstract class BinaryStreamEncoder<T> extends ValueEncoder<T> {
  /** Gives the bytes in pieces; each is sent as a fragment. */
  abstract encode(object: T): AsyncIterable<Uint8Array>;
}

/**
 * What decoders extend.
 *
 * ```ts
 * class MoveDecoder extends Decoder.Text<Move> {
 *   override willDecode(text: string) { return text.startsWith('move '); }
 *   decode(text: string) { return new Move(text.slice(5)); }
 * }
 * ```
 */
export const Decoder = {
  Text: TextDecoder,
  TextStream: TextStreamDecoder,
  Binary: BinaryDecoder,
  BinaryStream: BinaryStreamDecoder,
} as const;

/**
 * What encoders extend.
 *
 * ```ts
 * class MoveEncoder extends Encoder.Text<Move> {
 *   override readonly type = Move;
 *   encode(move: Move) { return `move ${move.to}`; }
 * }
 * ```
 */
export const Encoder = {
  Text: TextEncoder,
  TextStream: TextStreamEncoder,
  Binary: BinaryEncoder,
  BinaryStream: BinaryStreamEncoder,
} as const;

type AnyDecoder =
  | TextDecoder<unknown>
  | BinaryDecoder<unknown>
  | TextStreamDecoder<unknown>
  | BinaryStreamDecoder<unknown>;

interface AnyEncoder {
  willEncode(value: unknown): boolean;
  encode(object: never): unknown;
}

/** What `decoders` lists: classes with a constructor without parameters, instances, or Moorage's own such as `json(Schema)`. */
export type DecoderOption = (new () => AnyDecoder) | AnyDecoder | native.Decoder;

/** What `encoders` lists: classes with a constructor without parameters, instances, or Moorage's own such as `json()`. */
export type EncoderOption = (new () => AnyEncoder) | AnyEncoder | native.Encoder;

/** A codec in Moorage's shape, and what is still to be done with it. */
export interface ReadCodec<T> {
  readonly codec: T;
  init(config: EndpointConfig): void;
}

/** A number, a boolean or a bigint is sent as text. */
export const PRIMITIVE_ENCODER: native.Encoder = Object.freeze({
  name: 'primitive',
  willEncode: (value: unknown) => typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint',
  encode: (value: unknown) => String(value),
});

/** Reads one entry of `decoders`, or says what is wrong with it. */
export function readDecoder(given: unknown): ReadCodec<native.Decoder> | string {
  const made = instanceOf(given);
  if (typeof made === 'string') {
    return made;
  }
  if (native.isDecoder(made)) {
    return { codec: made, init: () => undefined };
  }
  const from = sourceOf(made);
  const { decode, willDecode } = made as Partial<TextDecoder<unknown>>;
  if (from === undefined || typeof decode !== 'function') {
    return `${described(given)} is not a decoder. Extend Decoder.Text, Decoder.TextStream, Decoder.Binary or Decoder.BinaryStream and write decode, or use one of Moorage's such as json().`;
  }
  const codec = {
    name: nameOf(made),
    from,
    decode: decode.bind(made),
    ...(typeof willDecode === 'function' && !from.endsWith('-stream') ? { willDecode: willDecode.bind(made) } : {}),
  } as native.Decoder;
  return { codec, init: (config) => (made as Codec).init?.(config) };
}

/** Reads one entry of `encoders`, or says what is wrong with it. */
export function readEncoder(given: unknown): ReadCodec<native.Encoder> | string {
  const made = instanceOf(given);
  if (typeof made === 'string') {
    return made;
  }
  if (!(made instanceof ValueEncoder)) {
    return native.isEncoder(made)
      ? { codec: made, init: () => undefined }
      : `${described(given)} is not an encoder. Extend Encoder.Text, Encoder.TextStream, Encoder.Binary or Encoder.BinaryStream and write encode, or use one of Moorage's such as json().`;
  }
  const { encode } = made as Partial<TextEncoder<unknown>>;
  if (typeof encode !== 'function') {
    return `${nameOf(made)} has no method encode.`;
  }
  if (made.type === undefined && made.willEncode === ValueEncoder.prototype.willEncode) {
    return `${nameOf(made)} does not say what it encodes. Write \`override readonly type = Move\` with the class, or override willEncode(value).`;
  }
  const codec: native.Encoder = {
    name: nameOf(made),
    willEncode: (value) => made.willEncode(value),
    encode: encode.bind(made) as native.Encoder['encode'],
  };
  return { codec, init: (config) => made.init?.(config) };
}

/** An instance of a class that was listed, or what was listed. */
function instanceOf(given: unknown): unknown {
  if (typeof given !== 'function' || native.isDecoder(given) || native.isEncoder(given)) {
    return given;
  }
  try {
    return new (given as new () => unknown)();
  } catch (cause) {
    return `${described(given)} can't be constructed without arguments: ${textOf(cause).replace(/\.$/, '')}. List an instance of it instead.`;
  }
}

function sourceOf(made: unknown): native.Decoder['from'] | undefined {
  if (made instanceof TextDecoder) return 'text';
  if (made instanceof BinaryDecoder) return 'binary';
  if (made instanceof TextStreamDecoder) return 'text-stream';
  return made instanceof BinaryStreamDecoder ? 'binary-stream' : undefined;
}

function nameOf(made: unknown): string {
  return (made as object).constructor.name || 'a codec';
}
