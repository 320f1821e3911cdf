import type { EndpointMetrics } from './endpoint-metrics.js';
import type { Labels } from './labels.js';
import { FAMILIES, type MetricFamily } from './metric-families.js';

/** What is said of a metric when it is made. */
export interface MetricDescription {
  readonly description: string;
  readonly unit: string;
  readonly advice?: { explicitBucketBoundaries: number[] };
}

/** A metric that is asked for its values when they are wanted. */
export interface ObservableMetric {
  addCallback(callback: (result: { observe(value: number, attributes: Labels): void }) => void): void;
}

/** A metric that is told each value. */
export interface RecordingMetric {
  record(value: number, attributes: Labels): void;
}

/** What `Metrics` needs of an OpenTelemetry meter; those of `@opentelemetry/api` have it. */
export interface Meter {
  createObservableCounter(name: string, description: MetricDescription): ObservableMetric;
  createObservableUpDownCounter(name: string, description: MetricDescription): ObservableMetric;
  createObservableGauge(name: string, description: MetricDescription): ObservableMetric;
  createHistogram(name: string, description: MetricDescription): RecordingMetric;
}

/** Has a meter ask for all figures but the durations. It costs nothing between two questions. */
export function observeAll(meter: Meter, endpoints: () => Iterable<EndpointMetrics>): void {
  for (const family of FAMILIES) {
    observable(meter, family).addCallback((result) => {
      for (const endpoint of endpoints()) {
        for (const { value, labels } of family.samples(endpoint)) {
          result.observe(value, labels);
        }
      }
    });
  }
}

function observable(meter: Meter, { name, type, unit, help }: MetricFamily): ObservableMetric {
  const description = { description: help, unit };
  switch (type) {
    case 'counter':
      return meter.createObservableCounter(name, description);
    case 'sum':
      return meter.createObservableUpDownCounter(name, description);
    case 'gauge':
      return meter.createObservableGauge(name, description);
  }
}
