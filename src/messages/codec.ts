import type { Readable } from 'node:stream';
import type { StandardSchema } from './standard-schema.js';

/** What an encoder may make of a value: a string is sent as text, bytes as binary, an async iterable in fragments as it comes. */
export type Encoded = string | Uint8Array | ArrayBuffer | AsyncIterable<string | Uint8Array>;

/**
 * Makes messages of values. The encoders of an endpoint are asked in their order, before strings and bytes are sent as
 * they are.
 *
 * ```ts
 * const dates: Encoder<Date> = {
 *   name: 'date',
 *   willEncode: (value) => value instanceof Date,
 *   encode: (date) => date.toISOString(),
 * };
 * ```
 */
export interface Encoder<T = unknown> {
  /** For messages of errors. */
  readonly name: string;
  /** Whether it takes the value. */
  willEncode(value: unknown): boolean;
  /** What it throws, or its promise rejects with, becomes the cause of an `EncodeError`. */
  encode(value: T): Encoded | PromiseLike<Encoded>;
}

interface DecoderBase<T> {
  /** For messages of errors. */
  readonly name: string;
  /**
   * What `decode` gives must pass it: any validator that speaks Standard Schema (zod, valibot, arktype, …). The handler
   * gets what the schema makes of it. Messages are routed by what `decode` gives, before the schema sees it.
   */
  readonly schema?: StandardSchema<unknown, T> | undefined;
}

/** Makes values of whole text messages. */
export interface TextMessageDecoder<T = unknown> extends DecoderBase<T> {
  readonly from: 'text';
  /** Whether it takes the message; every one where it is left out. The first of an endpoint that does, decodes. */
  willDecode?(text: string): boolean;
  /** What it throws, or its promise rejects with, becomes the cause of a `DecodeError`. */
  decode(text: string): T | PromiseLike<T>;
}

/** Makes values of whole binary messages. */
export interface BinaryMessageDecoder<T = unknown> extends DecoderBase<T> {
  readonly from: 'binary';
  /** Whether it takes the message; every one where it is left out. The first of an endpoint that does, decodes. */
  willDecode?(data: Buffer): boolean;
  /** What it throws, or its promise rejects with, becomes the cause of a `DecodeError`. */
  decode(data: Buffer): T | PromiseLike<T>;
}

/** Makes values of messages while they arrive. It takes every message of its kind, since none is known before it is read. */
export interface StreamMessageDecoder<T = unknown> extends DecoderBase<T> {
  /** A text's stream gives strings, a binary message's gives Buffers. */
  readonly from: 'text-stream' | 'binary-stream';
  /** What it throws, or its promise rejects with, becomes the cause of a `DecodeError`. */
  decode(stream: Readable): T | PromiseLike<T>;
}

/** Makes values of messages, for the handlers that take them. */
export type Decoder<T = unknown> = TextMessageDecoder<T> | BinaryMessageDecoder<T> | StreamMessageDecoder<T>;

/** Whether a decoder reads messages while they arrive. */
export function readsStreams(decoder: Decoder): decoder is StreamMessageDecoder {
  return decoder.from === 'text-stream' || decoder.from === 'binary-stream';
}

/** Whether a decoder takes every message of its kind. */
export function takesAll(decoder: Decoder): boolean {
  return readsStreams(decoder) || decoder.willDecode === undefined;
}

/** Whether a decoder is for messages of a kind. */
export function isFrom(kind: 'text' | 'binary', decoder: Decoder): boolean {
  return decoder.from === kind || decoder.from === `${kind}-stream`;
}

const SOURCES: readonly unknown[] = ['text', 'binary', 'text-stream', 'binary-stream'] satisfies Decoder['from'][];

/** Whether a value has what a decoder must have. */
export function isDecoder(value: unknown): value is Decoder {
  const { name, from, decode, willDecode, schema } = (value ?? {}) as Partial<
    Record<keyof TextMessageDecoder, unknown>
  >;
  return (
    typeof name === 'string' &&
    SOURCES.includes(from) &&
    typeof decode === 'function' &&
    (willDecode === undefined || typeof willDecode === 'function') &&
    (schema === undefined || isSchema(schema))
  );
}

/** Whether a value has what an encoder must have. */
export function isEncoder(value: unknown): value is Encoder {
  const { name, encode, willEncode } = (value ?? {}) as Partial<Record<keyof Encoder, unknown>>;
  return typeof name === 'string' && typeof encode === 'function' && typeof willEncode === 'function';
}

/** Whether a value is a Standard Schema. Those of arktype are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    return false;
  }
  const standard = (value as Partial<StandardSchema>)['~standard'];
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}
