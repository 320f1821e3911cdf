// What `Traces` needs of OpenTelemetry, said structurally: `@opentelemetry/api` has all of it, and is handed in.

/** OpenTelemetry's immutable context, of which nothing is asked. */
export type TraceContext = unknown;

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Which span one is, for links. */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

export interface Span {
  spanContext(): SpanContext;
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(cause: Error | string): void;
  end(): void;
}

export interface SpanDescription {
  readonly kind: number;
  readonly attributes: SpanAttributes;
  readonly root?: boolean;
  readonly links?: { context: SpanContext }[];
}

export interface Tracer {
  startSpan(name: string, description: SpanDescription, context: TraceContext): Span;
}

/** Reads header fields of a request. */
export interface HeaderGetter<Request> {
  keys(request: Request): string[];
  get(request: Request, name: string): string | undefined;
}

/** The parts of `@opentelemetry/api` that make spans and connect them. */
export interface TracingApi {
  readonly trace: {
    getTracer(name: string): Tracer;
    setSpan(context: TraceContext, span: Span): TraceContext;
  };
  readonly context: {
    active(): TraceContext;
    with(context: TraceContext, work: () => void): unknown;
  };
  /** Reads the caller's trace from the request (`traceparent`). Left out, every upgrade begins a trace of its own. */
  readonly propagation?: {
    extract<Request>(context: TraceContext, request: Request, getter: HeaderGetter<Request>): TraceContext;
  };
}

/** `SpanKind` of OpenTelemetry. */
export const SpanKind = { Internal: 0, Server: 1, Consumer: 4 } as const;

/** `SpanStatusCode.ERROR` of OpenTelemetry. */
export const STATUS_ERROR = 2;
