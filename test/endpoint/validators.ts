import { type as ark } from 'arktype';
import * as v from 'valibot';
import * as z from 'zod';
import * as mini from 'zod/mini';

// The same messages in the words of the validators that people have, as they come from the registry. What a schema makes
// of an order is of another type than what it is made from: spaces are cut off, a number is read out of a text.

export interface Order {
  readonly article: string;
  readonly pieces: number;
}

export const orders = {
  zod: z.object({
    article: z.string().trim().min(1),
    pieces: z.string().transform(Number).pipe(z.int().positive()),
  }),
  'zod/mini': mini.object({
    article: mini.string().check(mini.trim(), mini.minLength(1)),
    pieces: mini.pipe(mini.pipe(mini.string(), mini.transform(Number)), mini.int().check(mini.positive())),
  }),
  valibot: v.object({
    article: v.pipe(v.string(), v.trim(), v.minLength(1)),
    pieces: v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1)),
  }),
  arktype: ark({
    article: ark('string.trim').to('string > 0'),
    pieces: ark('string.numeric.parse').to('number.integer > 0'),
  }),
} as const;

/** The kinds of an envelope as one schema. */
export const envelopes = {
  zod: z.discriminatedUnion('type', [
    z.object({ type: z.literal('move'), x: z.number() }),
    z.object({ type: z.literal('say'), text: z.string() }),
  ]),
  'zod/mini': mini.discriminatedUnion('type', [
    mini.object({ type: mini.literal('move'), x: mini.number() }),
    mini.object({ type: mini.literal('say'), text: mini.string() }),
  ]),
  valibot: v.variant('type', [
    v.object({ type: v.literal('move'), x: v.number() }),
    v.object({ type: v.literal('say'), text: v.string() }),
  ]),
  arktype: ark({ type: '"move"', x: 'number' }).or({ type: '"say"', text: 'string' }),
} as const;

/** Those that can ask elsewhere, and so answer later. */
export const asynchronous = {
  zod: z.object({ article: z.string().refine(async (article) => article !== 'gone', 'There is none left') }),
  valibot: v.objectAsync({
    article: v.pipeAsync(
      v.string(),
      v.checkAsync(async (article) => article !== 'gone', 'There is none left'),
    ),
  }),
} as const;
