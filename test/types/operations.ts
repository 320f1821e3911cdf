// OpenTelemetry's own types fit the interfaces that Moorage asks for, and an instrument of one's own is checked.
import * as api from '@opentelemetry/api';
import { type Instrument, WebSocketContainer } from 'moorage';
import { type Meter, Metrics, type Tracer, Traces, type TracingApi, TrafficLog } from 'moorage/operations';

const meter: Meter = api.metrics.getMeter('mine');
const tracer: Tracer = api.trace.getTracer('mine');
const whole: TracingApi = api;
const parts: TracingApi = { trace: api.trace, context: api.context };

const own: Instrument = {
  upgrade: ({ endpoint, route, request }) => ({
    run: (work) => work(),
    refused: (status: number, reason: string) => console.log(endpoint, route, request.path, status, reason),
    opened: (session) => ({
      received: (kind, frame) => console.log(session.id, kind, frame.length),
      sent: (kind, payload) => console.log(kind, payload.length),
      calling: (event) => ({ returned: () => console.log(event) }),
    }),
  }),
};

new WebSocketContainer({
  instruments: [
    new Metrics({ meter }),
    new Traces({ api: whole, tracer, handlers: 'linked' }),
    new Traces({ api: parts }),
    new TrafficLog({ write: console.log, redact: (payload) => payload }),
    own,
  ],
});

// @ts-expect-error: the API must be given.
new Traces({});
// @ts-expect-error: nothing to write to.
new TrafficLog({ maxPayload: 10 });
// @ts-expect-error: an observer of something that does not exist.
new WebSocketContainer({ instruments: [{ upgrade: () => ({ opened: () => ({ closing: () => {} }) }) }] });
