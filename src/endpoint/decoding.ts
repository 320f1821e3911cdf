import { type Decoder, takesAll } from '../messages/codec.js';
import { decodeFailed, invalidMessage, noDecoder, unroutedMessage } from '../messages/codec-errors.js';
import { compileRouter, type Router, type When } from '../messages/message-router.js';
import type { StandardResult, StandardSchema } from '../messages/standard-schema.js';
import type { Instance, Invoker } from './dispatch-table.js';
import type { Session } from './session.js';
import { isThenable } from './settle.js';
import { Undecoded } from './undecoded.js';

/** A method for decoded messages. */
export interface DecodedRoute {
  /** first: the message */
  readonly invoke: Invoker;
  /** What the message must pass before the method gets it. */
  readonly schema: StandardSchema | undefined;
  readonly when: When | undefined;
}

/** One way of decoding, with the methods that take what comes of it. */
export interface DecodingLane {
  readonly decoder: Decoder;
  readonly routes: readonly DecodedRoute[];
}

/**
 * The call for messages that are decoded: the first decoder that is willing makes a value of the message, the first
 * route that fits chooses the method, its schema has the last word, and the method is called.
 *
 * @param otherwise for messages that no decoder is willing to take.
 */
export function decodingInvoker(lanes: readonly DecodingLane[], otherwise: Invoker | null): Invoker {
  const decodings = lanes.map((lane) => ({ willDecode: willDecodeOf(lane.decoder), invoke: laneInvoker(lane) }));
  const [first] = decodings;
  if (first !== undefined && first.willDecode === null) {
    return first.invoke;
  }
  const names = lanes.map(({ decoder }) => decoder.name);
  return (instance, session, message) => {
    for (const { willDecode, invoke } of decodings) {
      if (willDecode === null || willDecode(message)) {
        return invoke(instance, session, message);
      }
    }
    return otherwise === null ? new Undecoded(noDecoder(names, message)) : otherwise(instance, session, message);
  };
}

/** Null where the decoder takes everything. */
function willDecodeOf(decoder: Decoder): ((message: unknown) => boolean) | null {
  return takesAll(decoder) ? null : (message) => (decoder as WillingDecoder).willDecode(message);
}

interface WillingDecoder {
  willDecode(message: unknown): boolean;
}

function laneInvoker({ decoder, routes }: DecodingLane): Invoker {
  const router = compileRouter(routes.map((route) => ({ when: route.when, target: route })));
  const call = (instance: Instance, session: Session, value: unknown, payload: unknown) =>
    deliver(decoder.name, router, instance, session, value, payload);
  return (instance, session, payload) => {
    let value: unknown;
    try {
      value = decoder.decode(payload as never);
    } catch (cause) {
      return new Undecoded(decodeFailed(decoder.name, payload, cause));
    }
    return isThenable(value)
      ? Promise.resolve(value).then(
          (decoded) => call(instance, session, decoded, payload),
          (cause) => new Undecoded(decodeFailed(decoder.name, payload, cause)),
        )
      : call(instance, session, value, payload);
  };
}

function deliver(
  codec: string,
  router: Router<DecodedRoute>,
  instance: Instance,
  session: Session,
  value: unknown,
  payload: unknown,
): unknown {
  const route = router(value);
  if (route === undefined) {
    return new Undecoded(unroutedMessage(codec, payload));
  }
  if (route.schema === undefined) {
    return route.invoke(instance, session, value);
  }
  const result = route.schema['~standard'].validate(value);
  const judge = (judged: StandardResult<unknown>): unknown =>
    judged.issues === undefined
      ? route.invoke(instance, session, judged.value)
      : new Undecoded(invalidMessage(codec, payload, judged.issues));
  return isThenable(result) ? Promise.resolve(result).then(judge) : judge(result);
}
