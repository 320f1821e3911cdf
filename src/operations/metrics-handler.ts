import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from './answer.js';
import type { Metrics } from './metrics.js';
import { PROMETHEUS_CONTENT_TYPE } from './prometheus.js';

/**
 * Answers with the page for Prometheus, over plain HTTP. Whoever can read it learns how much the server is used: let it be
 * reached from inside only.
 *
 * @example
 * app.get('/metrics', metricsHandler(metrics));
 */
export function metricsHandler(metrics: Metrics): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => answer(request, response, 200, PROMETHEUS_CONTENT_TYPE, metrics.prometheusPage());
}
