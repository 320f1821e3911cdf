import { type EndpointMetrics, MESSAGE_KINDS } from './endpoint-metrics.js';
import type { Labels } from './labels.js';

/** One figure. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A metric: what it is called and means, and its figures at this moment. */
export interface MetricFamily {
  /** In OpenTelemetry's spelling. */
  readonly name: string;
  /** A `sum` can go down as well as up; a `gauge` is a value that can't be added up over servers. */
  readonly type: 'counter' | 'sum' | 'gauge';
  /** `By` for bytes; others, in braces, are for people to read. */
  readonly unit: string;
  readonly help: string;
  samples(endpoint: EndpointMetrics): Iterable<Sample>;
}

/** Durations, whose figures are kept in histograms. */
export const UPGRADE_DURATION = {
  name: 'moorage.upgrade.duration',
  unit: 's',
  help: 'Time from an upgrade request to its answer, the hooks included.',
} as const;

export const HANDLER_DURATION = {
  name: 'moorage.handler.duration',
  unit: 's',
  help: 'Time that a method of an endpoint took, decoding included, until what it returned had settled.',
} as const;

/** All that are no durations. */
export const FAMILIES: readonly MetricFamily[] = [
  {
    name: 'moorage.connections',
    type: 'sum',
    unit: '{connection}',
    help: 'Open connections.',
    samples: one(({ sessions }) => sessions.size),
  },
  {
    name: 'moorage.connections.opened',
    type: 'counter',
    unit: '{connection}',
    help: 'Connections that were opened.',
    samples: one(({ opened }) => opened),
  },
  {
    name: 'moorage.connections.closed',
    type: 'counter',
    unit: '{connection}',
    help: 'Connections that have ended, by the close code that the close handler was given.',
    samples: ({ name, closed }) => counted(name, 'code', closed),
  },
  {
    name: 'moorage.upgrades.refused',
    type: 'counter',
    unit: '{upgrade}',
    help: 'Upgrades that were refused, by HTTP status; 0 where the peer had left.',
    samples: ({ name, refused }) => counted(name, 'status', refused),
  },
  {
    name: 'moorage.messages.received',
    type: 'counter',
    unit: '{message}',
    help: 'Messages received, whole.',
    samples: byKind(({ received }, kind) => received[kind].messages),
  },
  {
    name: 'moorage.messages.sent',
    type: 'counter',
    unit: '{message}',
    help: 'Messages accepted for sending.',
    samples: byKind(({ sent }, kind) => sent[kind].messages),
  },
  {
    name: 'moorage.received',
    type: 'counter',
    unit: 'By',
    help: 'Bytes of the payloads received, inflated.',
    samples: byKind(({ received }, kind) => received[kind].bytes),
  },
  {
    name: 'moorage.sent',
    type: 'counter',
    unit: 'By',
    help: 'Bytes of the payloads accepted for sending, before compression.',
    samples: byKind(({ sent }, kind) => sent[kind].bytes),
  },
  {
    name: 'moorage.send_queue',
    type: 'sum',
    unit: 'By',
    help: 'Bytes accepted for sending that the operating system has not taken yet.',
    samples: one(({ sessions }) => {
      let bytes = 0;
      for (const { queuedBytes } of sessions) bytes += queuedBytes;
      return bytes;
    }),
  },
  {
    name: 'moorage.send_queue.max',
    type: 'gauge',
    unit: 'By',
    help: 'The same, of the one connection that has most.',
    samples: one(({ sessions }) => {
      let bytes = 0;
      for (const { queuedBytes } of sessions) bytes = Math.max(bytes, queuedBytes);
      return bytes;
    }),
  },
  {
    name: 'moorage.handlers.running',
    type: 'sum',
    unit: '{call}',
    help: 'Calls of methods that have not settled.',
    samples: one(({ running }) => running),
  },
  {
    name: 'moorage.errors',
    type: 'counter',
    unit: '{error}',
    help: 'Errors, by where they happened and the code or class of what was thrown.',
    *samples({ name, errors }) {
      for (const [during, counts] of errors) {
        for (const [error, value] of counts) {
          yield { labels: { endpoint: name, during, error }, value };
        }
      }
    },
  },
];

function one(value: (endpoint: EndpointMetrics) => number): MetricFamily['samples'] {
  return (endpoint) => [{ labels: { endpoint: endpoint.name }, value: value(endpoint) }];
}

function byKind(
  value: (endpoint: EndpointMetrics, kind: (typeof MESSAGE_KINDS)[number]) => number,
): MetricFamily['samples'] {
  return (endpoint) =>
    MESSAGE_KINDS.map((kind) => ({ labels: { endpoint: endpoint.name, kind }, value: value(endpoint, kind) }));
}

function* counted(endpoint: string, label: string, counts: ReadonlyMap<string, number>): Iterable<Sample> {
  for (const [key, value] of counts) {
    yield { labels: { endpoint, [label]: key }, value };
  }
}
