import type { EndpointMetrics } from './endpoint-metrics.js';
import type { Histogram } from './histogram.js';
import type { Labels } from './labels.js';
import { FAMILIES, HANDLER_DURATION, type MetricFamily, UPGRADE_DURATION } from './metric-families.js';

/** The content type of Prometheus' text format. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const UNITS: Readonly<Record<string, string>> = { By: '_bytes', s: '_seconds' };

/** The figures of all endpoints as a page that Prometheus reads. */
export function prometheusPage(endpoints: Iterable<EndpointMetrics>): string {
  const all = [...endpoints];
  const lines: string[] = [];
  for (const family of FAMILIES) {
    const name = nameOf(family);
    const values = all.flatMap((endpoint) => [...family.samples(endpoint)]);
    if (values.length > 0) {
      head(lines, name, family.help, family.type === 'counter' ? 'counter' : 'gauge');
      for (const { labels, value } of values) lines.push(line(name, labels, value));
    }
  }
  histograms(lines, UPGRADE_DURATION, all, ({ name, upgrades }) => [[{ endpoint: name }, upgrades.histogram]]);
  histograms(lines, HANDLER_DURATION, all, ({ name, handlers }) =>
    [...handlers].map(([event, { histogram }]) => [{ endpoint: name, event }, histogram]),
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** As OpenTelemetry's exporters spell names for Prometheus, so that both ways lead to the same one. */
function nameOf({ name, unit, type }: Pick<MetricFamily, 'name' | 'unit'> & { type?: MetricFamily['type'] }): string {
  return `${name.replaceAll('.', '_')}${UNITS[unit] ?? ''}${type === 'counter' ? '_total' : ''}`;
}

function histograms(
  lines: string[],
  family: { readonly name: string; readonly unit: string; readonly help: string },
  endpoints: readonly EndpointMetrics[],
  of: (endpoint: EndpointMetrics) => readonly (readonly [Labels, Histogram])[],
): void {
  const found = endpoints.flatMap(of);
  if (found.length === 0) {
    return;
  }
  const name = nameOf(family);
  head(lines, name, family.help, 'histogram');
  for (const [labels, histogram] of found) {
    let total = 0;
    for (const [bound, count] of histogram.cumulated()) {
      lines.push(line(`${name}_bucket`, { ...labels, le: number(bound) }, count));
      total = count;
    }
    lines.push(line(`${name}_sum`, labels, histogram.sum), line(`${name}_count`, labels, total));
  }
}

function head(lines: string[], name: string, help: string, type: string): void {
  lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`);
}

function line(name: string, labels: Labels, value: number): string {
  const listed = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}{${listed.join(',')}} ${number(value)}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function number(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}
