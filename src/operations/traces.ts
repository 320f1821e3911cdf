import type { Session } from '../endpoint/session.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { isA, textOf } from '../protocol/thrown.js';
import type {
  CallObserver,
  HandlerEvent,
  IncomingUpgrade,
  Instrument,
  SessionObserver,
  UpgradeObserver,
} from '../server/instrument.js';
import { checkOptions, hasMethods } from './options.js';
import {
  type HeaderGetter,
  type Span,
  type SpanAttributes,
  SpanKind,
  STATUS_ERROR,
  type TraceContext,
  type Tracer,
  type TracingApi,
} from './tracing-api.js';

/** What `Traces` is told. */
export interface TracesOptions {
  /** `@opentelemetry/api`, or its `trace`, `context` and `propagation`. */
  readonly api: TracingApi;
  /** Default: `api.trace.getTracer('moorage')`. */
  readonly tracer?: Tracer;
  /**
   * How the span of a handler's call stands to that of the upgrade: its `'child'`, or the root of a trace of its own with a
   * link to it (`'linked'`), for connections that live for hours; or `'none'`. Default `'child'`.
   */
  readonly handlers?: HandlerSpans;
}

export type HandlerSpans = 'child' | 'linked' | 'none';

const HANDLER_SPANS: readonly unknown[] = ['child', 'linked', 'none'];

const RULES = {
  api: {
    accepts: isApi,
    accepted: "what `import * as api from '@opentelemetry/api'` gives: { trace, context, propagation }",
  },
  tracer: { accepts: (value: unknown) => hasMethods(value, 'startSpan'), accepted: 'a tracer of OpenTelemetry' },
  handlers: { accepts: (value: unknown) => HANDLER_SPANS.includes(value), accepted: "'child', 'linked' or 'none'" },
};

const HEADERS: HeaderGetter<UpgradeRequest> = {
  keys: (request) => Object.keys(request.headers),
  get: (request, name) => request.header(name),
};

/**
 * Makes a span for each upgrade, a child of what the request's `traceparent` names, and one for each call of a handler.
 * Hooks and handlers run in the context of theirs, so that spans of what they call stand below them.
 *
 * @example
 * import * as api from '@opentelemetry/api';
 *
 * const container = new WebSocketContainer({ server, instruments: [new Traces({ api })] });
 */
export class Traces implements Instrument {
  readonly #api: TracingApi;
  readonly #tracer: Tracer;
  readonly #handlers: HandlerSpans;

  /** @throws ConfigurationError that lists every unknown or unusable option. */
  constructor(options: TracesOptions) {
    checkOptions('Traces', options, RULES, 'api');
    const { api, tracer = api.trace.getTracer('moorage'), handlers = 'child' } = options;
    this.#api = api;
    this.#tracer = tracer;
    this.#handlers = handlers;
  }

  /** For the container. */
  upgrade(upgrade: IncomingUpgrade): UpgradeObserver {
    const api = this.#api;
    const active = api.context.active();
    const caller = api.propagation?.extract(active, upgrade.request, HEADERS) ?? active;
    const { method } = upgrade.request;
    const name = upgrade.route === undefined ? method : `${method} ${upgrade.route}`;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.Server, attributes: attributesOf(upgrade) }, caller);
    const context = api.trace.setSpan(caller, span);
    return {
      run: (work) => void api.context.with(context, work),
      refused(status, reason) {
        if (status !== 0) span.setAttribute('http.response.status_code', status);
        span.setAttribute('moorage.refusal', reason);
        if (status >= 500) span.setStatus({ code: STATUS_ERROR, message: reason });
        span.end();
      },
      opened: (session, endpoint) => {
        span.setAttribute('http.response.status_code', 101);
        span.setAttribute('moorage.endpoint', endpoint);
        span.setAttribute('moorage.session.id', session.id);
        span.end();
        return this.#handlers === 'none' ? undefined : this.#session(session, endpoint, context, span);
      },
    };
  }

  #session(session: Session, endpoint: string, context: TraceContext, upgrade: Span): SessionObserver {
    const linked = this.#handlers === 'linked';
    const place = linked ? { root: true, links: [{ context: upgrade.spanContext() }] } : {};
    return {
      calling: (event) => {
        const attributes = {
          'moorage.endpoint': endpoint,
          'moorage.event': event,
          'moorage.session.id': session.id,
        };
        const span = this.#tracer.startSpan(
          `${endpoint} ${event}`,
          { kind: kindOf(event), attributes, ...place },
          context,
        );
        return this.#call(span, this.#api.trace.setSpan(context, span));
      },
    };
  }

  #call(span: Span, context: TraceContext): CallObserver {
    return {
      run: (work) => void this.#api.context.with(context, work),
      returned: () => span.end(),
      failed(cause) {
        const exception = isA(cause, Error) ? cause : textOf(cause);
        span.recordException(exception);
        span.setStatus({ code: STATUS_ERROR, message: textOf(exception) });
        span.end();
      },
    };
  }
}

/** Of the path, not the query: that is where tokens stand. */
function attributesOf({ request, endpoint, route, remoteAddress }: IncomingUpgrade): SpanAttributes {
  const agent = request.header('user-agent');
  const { host } = request;
  return {
    'http.request.method': request.method,
    'url.path': request.path,
    'url.scheme': request.isSecure ? 'wss' : 'ws',
    'moorage.endpoint': endpoint,
    ...(route !== undefined && { 'http.route': route }),
    ...(host !== undefined && { 'server.address': host }),
    ...(remoteAddress !== undefined && { 'network.peer.address': remoteAddress }),
    ...(agent !== undefined && { 'user_agent.original': agent }),
  };
}

/** A message is taken from a peer; the other events are the connection's own. */
function kindOf(event: HandlerEvent): number {
  return event === 'text' || event === 'binary' ? SpanKind.Consumer : SpanKind.Internal;
}

function isApi(value: unknown): boolean {
  const { trace, context, propagation } = (value ?? {}) as Partial<Record<keyof TracingApi, unknown>>;
  return (
    hasMethods(trace, 'getTracer', 'setSpan') &&
    hasMethods(context, 'active', 'with') &&
    (propagation === undefined || hasMethods(propagation, 'extract'))
  );
}
