/** The way to the user's method and back. */
import { EventEmitter } from 'node:events';
import type { Instance, Invoker } from '#moorage/endpoint/dispatch-table.js';
import { invokerFor } from '#moorage/endpoint/invokers.js';
import { sent } from '#moorage/endpoint/send-result.js';
import type { Session } from '#moorage/endpoint/session.js';
import { settle } from '#moorage/endpoint/settle.js';
import { consume, type TimedStep } from './step.js';

type Argument = 'session' | 'string';

interface Method {
  readonly instance: Instance;
  readonly name: string;
  readonly takes: readonly Argument[];
}

/** Endpoints of four forms, as one process has them: what calls them all can't be compiled for any one. */
function methods(): Method[] {
  class WithSession {
    text(_session: unknown, text: string): string {
      return text;
    }
  }
  class TextAlone {
    onText(text: string): string {
      return text;
    }
  }
  class SessionLast {
    message(text: string, _session: unknown): string {
      return text;
    }
  }
  class Nothing {
    ping(): string {
      return '';
    }
  }
  const as = (instance: object): Instance => instance as Instance;
  return [
    { instance: as(new WithSession()), name: 'text', takes: ['session', 'string'] },
    { instance: as(new TextAlone()), name: 'onText', takes: ['string'] },
    { instance: as(new SessionLast()), name: 'message', takes: ['string', 'session'] },
    { instance: as(new Nothing()), name: 'ping', takes: [] },
  ];
}

const METHODS = methods();
const SESSION = {} as Session;
const TEXT = 'a message';

const INVOKERS: readonly Invoker[] = METHODS.map(({ name, takes }) =>
  invokerFor('text', name, { arguments: takes, bytesForm: 'Buffer', errorType: Error }),
);

const byInvoker = (i: number): unknown => {
  const { instance } = METHODS[i & 3] as Method;
  return (INVOKERS[i & 3] as Invoker)(instance, SESSION, TEXT);
};

const byArguments = (i: number): unknown => {
  const { instance, name, takes } = METHODS[i & 3] as Method;
  const values: unknown[] = [];
  for (const argument of takes) values.push(argument === 'session' ? SESSION : TEXT);
  return (instance as unknown as Record<string, (...values: unknown[]) => unknown>)[name]?.(...values);
};

const invokers: TimedStep = {
  measure: 'time',
  name: 'invokers',
  title: 'call the method of an endpoint',
  kept: {
    title: 'a call compiled at registration',
    run(times) {
      for (let i = 0; i < times; i++) consume(byInvoker(i));
    },
    result: () => [0, 1, 2, 3].map(byInvoker),
  },
  plain: {
    title: 'an array of arguments by its description',
    run(times) {
      for (let i = 0; i < times; i++) consume(byArguments(i));
    },
    result: () => [0, 1, 2, 3].map(byArguments),
  },
};

const EMITTER = new EventEmitter().on('message', (text: string, isBinary: boolean) => consume(isBinary || text));

const emitter: TimedStep = {
  measure: 'time',
  name: 'emitter',
  title: 'tell of a message',
  kept: {
    title: 'a call compiled at registration',
    run(times) {
      for (let i = 0; i < times; i++) consume(byInvoker(0));
    },
  },
  plain: {
    title: 'an event of an EventEmitter',
    run(times) {
      for (let i = 0; i < times; i++) EMITTER.emit('message', TEXT, false);
    },
  },
};

const outcome = (_context: undefined, value: unknown): undefined => {
  consume(value);
};

const settling: TimedStep = {
  measure: 'time',
  name: 'settle',
  title: 'wait for a handler that returns no promise',
  kept: {
    title: 'ask, and go on at once',
    async run(times) {
      for (let i = 0; i < times; i++) {
        const settled = settle(byInvoker(i), undefined, outcome);
        if (settled !== undefined) await settled;
      }
    },
  },
  plain: {
    title: 'await',
    async run(times) {
      for (let i = 0; i < times; i++) consume(await byInvoker(i));
    },
  },
};

const sends: TimedStep = {
  measure: 'time',
  name: 'send-promise',
  title: 'answer a send that was taken at once',
  kept: {
    title: 'one promise for all of them',
    run(times) {
      for (let i = 0; i < times; i++) consume(sent(undefined));
    },
  },
  plain: {
    title: 'a promise each',
    run(times) {
      for (let i = 0; i < times; i++) consume(new Promise<void>((resolve) => resolve()));
    },
  },
};

export const HANDLERS: readonly TimedStep[] = [invokers, emitter, settling, sends];
