import type { Session } from '../endpoint/session.js';
import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { CallObserver, HandlerEvent, SessionObserver, TrafficKind } from '../server/instrument.js';
import type { DurationRecorder, Histogram } from './histogram.js';
import type { BoundedLabels } from './labels.js';

/** The kinds that are counted. Heartbeats are the engine's, most of which nobody is told of. */
export const MESSAGE_KINDS = ['text', 'binary'] as const;

/** Messages one way, and the bytes of their payloads. */
export interface Traffic {
  messages: number;
  bytes: number;
}

type TrafficByKind = Readonly<Record<(typeof MESSAGE_KINDS)[number], Traffic>>;

/** A histogram that is read for the page, and what is to be told of a duration. */
export interface Durations {
  readonly histogram: Histogram;
  readonly recorder: DurationRecorder;
}

/** Makes what records durations of a kind; `event` undefined stands for upgrades. */
export type MakeDurations = (endpoint: string, event: HandlerEvent | undefined) => Durations;

/** The figures of one endpoint. */
export class EndpointMetrics {
  readonly name: string;
  readonly labels: BoundedLabels;
  readonly sessions = new Set<Session>();
  readonly received: TrafficByKind = { text: { messages: 0, bytes: 0 }, binary: { messages: 0, bytes: 0 } };
  readonly sent: TrafficByKind = { text: { messages: 0, bytes: 0 }, binary: { messages: 0, bytes: 0 } };
  readonly closed = new Map<string, number>();
  readonly refused = new Map<string, number>();
  /** By where it happened and what it was. */
  readonly errors = new Map<string, Map<string, number>>();
  readonly handlers = new Map<HandlerEvent, Durations>();
  readonly upgrades: Durations;
  readonly #makeDurations: MakeDurations;
  opened = 0;
  running = 0;

  constructor(name: string, labels: BoundedLabels, makeDurations: MakeDurations) {
    this.name = name;
    this.labels = labels;
    this.upgrades = makeDurations(name, undefined);
    this.#makeDurations = makeDurations;
  }

  failed(cause: unknown, during: string): void {
    let errors = this.errors.get(during);
    if (errors === undefined) {
      errors = new Map();
      this.errors.set(during, errors);
    }
    increment(errors, this.labels.error(cause));
  }

  durationsOf(event: HandlerEvent): Durations {
    let durations = this.handlers.get(event);
    if (durations === undefined) {
      durations = this.#makeDurations(this.name, event);
      this.handlers.set(event, durations);
    }
    return durations;
  }
}

/** Counts what one session does. */
export class CountedSession implements SessionObserver {
  readonly #session: Session;
  readonly #endpoint: EndpointMetrics;

  constructor(session: Session, endpoint: EndpointMetrics) {
    this.#session = session;
    this.#endpoint = endpoint;
    endpoint.opened += 1;
    endpoint.sessions.add(session);
  }

  received(kind: TrafficKind, frame: IncomingFrame): void {
    if (kind === 'text' || kind === 'binary') {
      const traffic = this.#endpoint.received[kind];
      traffic.bytes += frame.length;
      if (frame.endsMessage) {
        traffic.messages += 1;
      }
    }
  }

  sent(kind: TrafficKind, payload: string | Uint8Array, last: boolean): void {
    if (kind === 'text' || kind === 'binary') {
      const traffic = this.#endpoint.sent[kind];
      traffic.bytes += typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
      if (last) {
        traffic.messages += 1;
      }
    }
  }

  calling(event: HandlerEvent): CallObserver {
    return new TimedCall(this.#endpoint, event);
  }

  failed(cause: unknown, during: string): void {
    this.#endpoint.failed(cause, during);
  }

  closed(code: number): void {
    const endpoint = this.#endpoint;
    endpoint.sessions.delete(this.#session);
    increment(endpoint.closed, endpoint.labels.closeCode(code));
  }
}

/** Times one call of a method, until it has settled. */
class TimedCall implements CallObserver {
  readonly #endpoint: EndpointMetrics;
  readonly #event: HandlerEvent;
  readonly #began = performance.now();

  constructor(endpoint: EndpointMetrics, event: HandlerEvent) {
    this.#endpoint = endpoint;
    this.#event = event;
    endpoint.running += 1;
  }

  returned(): void {
    this.#endpoint.running -= 1;
    this.#endpoint.durationsOf(this.#event).recorder.record((performance.now() - this.#began) / 1_000);
  }

  failed(): void {
    this.returned();
  }
}

export function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
