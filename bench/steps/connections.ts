/** What an open connection holds, and what its deadlines cost. */
import { Duplex } from 'node:stream';
import { systemClock } from '#moorage/engine/clock.js';
import { type Deadline, DeadlineSweep } from '#moorage/engine/deadline-sweep.js';
import { Liveness } from '#moorage/engine/liveness.js';
import { DEFAULT_CONNECTION_SETTINGS } from '#moorage/engine/settings.js';
import { Transport, type TransportEvents } from '#moorage/engine/transport.js';
import { consume, type HeldStep, type Step, type TimedStep } from './step.js';

const MINUTES = 300_000;
const IDLE = { ...DEFAULT_CONNECTION_SETTINGS, idleTimeout: MINUTES };

class IdleDeadline implements Deadline {
  heapIndex = -1;
  expire(): number {
    return 0;
  }
}

const OTHERS = 10_000;
const sweep = new DeadlineSweep(systemClock);
for (let i = 0; i < OTHERS; i++) sweep.schedule(new IdleDeadline(), sweep.now + MINUTES);

const liveness = new Liveness(IDLE, sweep.now);
const timer = setTimeout(() => {}, MINUTES).unref();
const others = Array.from({ length: OTHERS }, () => setTimeout(() => {}, MINUTES).unref());

const activity: TimedStep = {
  measure: 'time',
  name: 'deadline-activity',
  title: 'put an idle timeout off, as every frame does',
  kept: {
    title: 'note the time of the last tick',
    run(times) {
      for (let i = 0; i < times; i++) liveness.heard(sweep.now);
      consume(liveness);
    },
  },
  plain: {
    title: 'refresh a timer',
    run(times) {
      for (let i = 0; i < times; i++) timer.refresh();
      consume(others);
    },
  },
};

const opening: TimedStep = {
  measure: 'time',
  name: 'deadline-open',
  title: 'begin and end an idle timeout',
  kept: {
    title: 'one sweep for all',
    run(times) {
      for (let i = 0; i < times; i++) {
        const deadline = new IdleDeadline();
        sweep.schedule(deadline, sweep.now + MINUTES);
        sweep.cancel(deadline);
      }
    },
  },
  plain: {
    title: 'a timer each',
    run(times) {
      for (let i = 0; i < times; i++) clearTimeout(setTimeout(() => {}, MINUTES));
    },
  },
};

const deadlines: HeldStep = {
  measure: 'memory',
  name: 'deadline-memory',
  title: 'an idle timeout',
  count: 10_000,
  kept: {
    title: 'one sweep for all',
    make() {
      const deadline = new IdleDeadline();
      sweep.schedule(deadline, sweep.now + MINUTES);
      return deadline;
    },
    release: (made) => sweep.cancel(made as IdleDeadline),
  },
  plain: {
    title: 'a timer each',
    make: () => setTimeout(() => {}, MINUTES),
    release: (made) => clearTimeout(made as NodeJS.Timeout),
  },
};

const newDuplex = (): Duplex => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
const EVENTS: TransportEvents = { received() {}, ended() {}, failed() {}, closed() {}, written() {} };

class ClosureTransport {
  readonly duplex: Duplex;
  constructor(duplex: Duplex, events: TransportEvents) {
    this.duplex = duplex;
    duplex.on('data', (chunk: Buffer) => events.received(chunk));
    duplex.on('end', () => events.ended());
    duplex.on('error', (cause) => events.failed(cause));
    duplex.on('close', () => events.closed());
    duplex.pause();
  }
}

function newTransport(): Transport {
  const transport = new Transport(newDuplex());
  transport.listen(EVENTS);
  return transport;
}

const listeners: HeldStep = {
  measure: 'memory',
  name: 'listeners',
  title: 'a stream with its four listeners',
  count: 10_000,
  kept: { title: 'the same functions for all', make: newTransport },
  plain: { title: 'closures', make: () => new ClosureTransport(newDuplex(), EVENTS) },
};

export const CONNECTIONS: readonly Step[] = [activity, opening, deadlines, listeners];
