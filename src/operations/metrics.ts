import type { Session } from '../endpoint/session.js';
import type { IncomingUpgrade, Instrument, SessionObserver, UpgradeObserver } from '../server/instrument.js';
import { CountedSession, type Durations, EndpointMetrics, increment, type MakeDurations } from './endpoint-metrics.js';
import { Histogram, TwoRecorders } from './histogram.js';
import { BoundedLabels, type Labels } from './labels.js';
import { type Meter, observeAll, type RecordingMetric } from './meter.js';
import { HANDLER_DURATION, UPGRADE_DURATION } from './metric-families.js';
import { checkOptions, hasMethods } from './options.js';
import { prometheusPage } from './prometheus.js';

/** What `Metrics` can be told. */
export interface MetricsOptions {
  /** Gets all figures, beside the page: `metrics.getMeter('moorage')` of `@opentelemetry/api`. Default: none. */
  readonly meter?: Meter;
  /** The application's own close codes, of 3000 to 4999, that are to be counted each by itself. Default: none. */
  readonly closeCodes?: readonly number[];
  /** The bounds of the histograms of durations, in seconds, ascending. Default: 16 from 0.0001 to 10. */
  readonly buckets?: readonly number[];
}

const BUCKETS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const RULES = {
  meter: {
    accepts: (value: unknown) =>
      hasMethods(
        value,
        'createHistogram',
        'createObservableCounter',
        'createObservableGauge',
        'createObservableUpDownCounter',
      ),
    accepted: "a meter of OpenTelemetry: metrics.getMeter('moorage')",
  },
  closeCodes: {
    accepts: (value: unknown) => Array.isArray(value) && value.every(isOwnCode),
    accepted: 'a list of close codes from 3000 to 4999',
  },
  buckets: {
    accepts: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isNextBound),
    accepted: 'a list of seconds above 0, ascending',
  },
};

/**
 * Counts what a container, or several, do: connections opened, open, closed and refused, messages and bytes each way,
 * errors, what waits to be sent, and how long handlers take. Read as a page for Prometheus, by an OpenTelemetry meter, or both.
 *
 * @example
 * const metrics = new Metrics();
 * const container = new WebSocketContainer({ server, instruments: [metrics] });
 * app.get('/metrics', metricsHandler(metrics));
 */
export class Metrics implements Instrument {
  readonly #endpoints = new Map<string, EndpointMetrics>();
  readonly #labels: BoundedLabels;
  readonly #makeDurations: MakeDurations;

  /** @throws ConfigurationError that lists every unknown or unusable option. */
  constructor(options: MetricsOptions = {}) {
    checkOptions('Metrics', options, RULES);
    const { meter, closeCodes = [], buckets = BUCKETS } = options;
    this.#labels = new BoundedLabels(closeCodes);
    this.#makeDurations = durationsMaker([...buckets], meter);
    if (meter !== undefined) {
      observeAll(meter, () => this.#endpoints.values());
    }
  }

  /** All figures in Prometheus' text format, to be served as `PROMETHEUS_CONTENT_TYPE`. */
  prometheusPage(): string {
    return prometheusPage(this.#endpoints.values());
  }

  /** For the container. */
  upgrade({ endpoint }: IncomingUpgrade): UpgradeObserver {
    const began = performance.now();
    const asked = this.#of(endpoint);
    const answered = (): void => asked.upgrades.recorder.record((performance.now() - began) / 1_000);
    return {
      refused(status) {
        answered();
        increment(asked.refused, String(status));
      },
      opened: (session: Session, served: string): SessionObserver => {
        answered();
        return new CountedSession(session, this.#of(served));
      },
    };
  }

  /** For the container. */
  failed(cause: unknown, during: string, endpoint: string): void {
    this.#of(endpoint).failed(cause, during);
  }

  #of(endpoint: string): EndpointMetrics {
    let metrics = this.#endpoints.get(endpoint);
    if (metrics === undefined) {
      metrics = new EndpointMetrics(endpoint, this.#labels, this.#makeDurations);
      this.#endpoints.set(endpoint, metrics);
    }
    return metrics;
  }
}

/** Durations are kept for the page, and told to the meter, where there is one, as they come. */
function durationsMaker(buckets: number[], meter: Meter | undefined): MakeDurations {
  const create = ({ name, unit, help }: typeof HANDLER_DURATION | typeof UPGRADE_DURATION) =>
    meter?.createHistogram(name, { description: help, unit, advice: { explicitBucketBoundaries: buckets } });
  const upgrades = create(UPGRADE_DURATION);
  const handlers = create(HANDLER_DURATION);
  return (endpoint, event) =>
    event === undefined
      ? durations(buckets, upgrades, { endpoint })
      : durations(buckets, handlers, { endpoint, event });
}

function durations(buckets: readonly number[], metric: RecordingMetric | undefined, labels: Labels): Durations {
  const histogram = new Histogram(buckets);
  if (metric === undefined) {
    return { histogram, recorder: histogram };
  }
  const recorder = { record: (seconds: number) => metric.record(seconds, labels) };
  return { histogram, recorder: new TwoRecorders(histogram, recorder) };
}

function isOwnCode(code: unknown): boolean {
  return Number.isInteger(code) && (code as number) >= 3000 && (code as number) <= 4999;
}

function isNextBound(bound: unknown, index: number, bounds: readonly unknown[]): boolean {
  return Number.isFinite(bound) && (bound as number) > (index === 0 ? 0 : (bounds[index - 1] as number));
}
