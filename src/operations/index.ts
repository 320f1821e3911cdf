/**
 * `moorage/operations`: for those who run a server. Metrics, traces and a traffic log, given to the container's option
 * `instruments`; health checks; and a shutdown that signals begin.
 */

export { type CloseOnSignalsOptions, closeOnSignals, type SignalledShutdown } from './close-on-signals.js';
export type { ClosableServer, ShutdownReport, ShutdownStep } from './graceful-shutdown.js';
export { type HealthOptions, type HealthReport, healthHandler, healthReport } from './health.js';
export type { LoggedMessage, TrafficLogOptions } from './logged-session.js';
export type { Meter, MetricDescription, ObservableMetric, RecordingMetric } from './meter.js';
export { Metrics, type MetricsOptions } from './metrics.js';
export { metricsHandler } from './metrics-handler.js';
export { PROMETHEUS_CONTENT_TYPE } from './prometheus.js';
export { type HandlerSpans, Traces, type TracesOptions } from './traces.js';
export type { HeaderGetter, Span, SpanContext, SpanDescription, Tracer, TracingApi } from './tracing-api.js';
export { TrafficLog } from './traffic-log.js';
