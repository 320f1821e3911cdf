import { type Decoder, isFrom, readsStreams, takesAll } from '../messages/codec.js';
import { json } from '../messages/json-codec.js';
import { conditionKey } from '../messages/message-router.js';
import type { DecodingLane } from './decoding.js';
import type { DecodedHandler } from './handlers.js';
import { invokerFor } from './invokers.js';

interface Lane {
  readonly decoder: Decoder;
  readonly handlers: readonly DecodedHandler[];
}

/**
 * Puts the handlers of decoded messages behind the decoders whose values they take, in the order in which the decoders
 * are asked: those of the endpoint's options, then those that handlers name, as the handlers stand. (Where handlers name
 * none and the options neither, JSON.) What can't be is added to the problems.
 */
export function decodingLanes(
  handlers: readonly DecodedHandler[],
  decoders: readonly Decoder[] | undefined,
  problems: string[],
): readonly DecodingLane[] {
  const named = handlers.flatMap(({ decoder }) => decoder ?? []);
  const own = decoders ?? (named.length < handlers.length ? [json()] : []);
  const others = named.filter(
    (decoder, index) => ![...own, ...named.slice(0, index)].some((other) => isSameDecoding(other, decoder)),
  );
  const lanes: readonly Lane[] = [...own, ...others].map((decoder, index) => ({
    decoder,
    handlers: handlers.filter((handler) =>
      handler.decoder === undefined ? index < own.length : isSameDecoding(handler.decoder, decoder),
    ),
  }));
  const used = lanes.filter(({ handlers: behind }) => behind.length > 0);
  problems.push(...conflicts(used), ...unreachable(used));
  return used.map((lane) => ({
    decoder: lane.decoder,
    routes: lane.handlers.map((handler) => routeOf(lane, handler)),
  }));
}

function routeOf(
  lane: Lane,
  { name, signature, invoke, decoder, when }: DecodedHandler,
): DecodingLane['routes'][number] {
  return { invoke: invoke ?? invokerFor('decoded', name, signature), schema: (decoder ?? lane.decoder).schema, when };
}

/** Decoders that differ in nothing but their schema decode a message once. */
function isSameDecoding(one: Decoder, other: Decoder): boolean {
  return one.from === other.from && one.decode === other.decode && willDecodeOf(one) === willDecodeOf(other);
}

function willDecodeOf(decoder: Decoder): unknown {
  return readsStreams(decoder) ? undefined : decoder.willDecode;
}

function conflicts(lanes: readonly Lane[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { decoder, handlers } of lanes) {
    const taken = new Map<string, string>();
    for (const { title, when } of handlers) {
      const key = conditionKey(when);
      const other = key === undefined ? undefined : taken.get(key);
      if (key !== undefined && other === undefined) {
        taken.set(key, title);
      } else if (other !== undefined) {
        found.add(
          when === undefined
            ? `${other} and ${title} both take every message that ${decoder.name} decodes. Give one a \`when\`, as in { when: { type: 'move' } }.`
            : `${other} and ${title} both take the messages that ${decoder.name} decodes with ${shownWhen(when)}, and one must. Change a \`when\`.`,
        );
      }
    }
  }
  return found;
}

function shownWhen(when: unknown): string {
  return typeof when === 'string' ? `the field ${when}` : JSON.stringify(when);
}

/** A decoder that takes every message leaves none to the others: those behind it, or all where it reads streams. */
function unreachable(lanes: readonly Lane[]): readonly string[] {
  return (['text', 'binary'] as const).flatMap((kind) => {
    const decoders = lanes.map(({ decoder }) => decoder).filter((decoder) => isFrom(kind, decoder));
    const greedy = decoders.find(readsStreams) ?? decoders.find(takesAll);
    if (greedy === undefined) {
      return [];
    }
    const left = readsStreams(greedy)
      ? decoders.find((decoder) => decoder !== greedy)
      : decoders[decoders.indexOf(greedy) + 1];
    const mend = readsStreams(greedy)
      ? 'One that reads streams must be the only one of its kind of message.'
      : `Give ${greedy.name} a willDecode, or put it last.`;
    return left === undefined
      ? []
      : [`The decoder ${greedy.name} takes every ${kind} message, so that ${left.name} would never be asked. ${mend}`];
  });
}
