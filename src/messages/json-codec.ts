import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import type { Encoder, TextMessageDecoder } from './codec.js';
import { isSchema } from './codec.js';
import { isPlainValue } from './plain-value.js';
import type { Infer, StandardSchema } from './standard-schema.js';

/** JSON in text messages, both ways. */
export type JsonCodec<T> = TextMessageDecoder<T> & Encoder;

/** Shared by all, so that a message for which several handlers stand by is parsed once. */
const DECODE = (text: string): unknown => JSON.parse(text);

const JSON_CODEC: JsonCodec<unknown> = Object.freeze({
  name: 'json',
  from: 'text',
  decode: DECODE,
  willEncode: isPlainValue,
  encode: encodeJson,
});

/**
 * JSON, as a decoder of text messages and as an encoder of objects, arrays, numbers and booleans. (Strings and bytes are
 * sent as they are.) With a schema, what has been parsed must pass it, and handlers get what the schema makes of it;
 * without one the type is taken on trust.
 *
 * ```ts
 * const Order = z.object({ article: z.string(), pieces: z.number().int().positive() });   // zod, or valibot, arktype …
 *
 * @WebSocket('/orders')
 * class Orders {
 *   @OnWebSocketMessage(json(Order))
 *   onOrder(session: Session, order: Infer<typeof Order>) {
 *     return { accepted: order.pieces };
 *   }
 * }
 * ```
 *
 * @throws InvalidArgumentError when the schema does not speak Standard Schema.
 */
export function json<T = unknown>(): JsonCodec<T>;
export function json<S extends StandardSchema>(schema: S): JsonCodec<Infer<S>>;
export function json(schema?: StandardSchema): JsonCodec<unknown> {
  if (schema === undefined) {
    return JSON_CODEC;
  }
  if (!isSchema(schema)) {
    throw new InvalidArgumentError(
      "json(schema) takes a schema that speaks Standard Schema (it has '~standard'), as those of zod from 3.24, valibot from 1.0 and arktype from 2.0 do.",
    );
  }
  return Object.freeze({ ...JSON_CODEC, schema });
}

function encodeJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError('JSON has nothing to say of it: its toJSON() gives undefined or a function');
  }
  return text;
}
