/** Ways in which code of our users fails, as a table: whatever takes a function of theirs is given each of them. */

/** One way to fail. */
export interface Fault {
  readonly what: string;
  /** Fails, by what it throws or by what it returns. */
  readonly fail: () => unknown;
  /** What a report has to be about. */
  readonly value: unknown;
}

/** As plain JavaScript can: a value that need not be an error. */
function throwAnything(value: unknown): never {
  throw value as Error;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function errorWithTraps(): Error {
  const trap = (name: string) => ({
    get: () => {
      throw new Error(`the getter of ${name} failed`);
    },
  });
  const error = new Error('with traps');
  String(error.stack); // Node makes it of the message when it is first read.
  return Object.defineProperties(error, {
    code: trap('code'),
    closeCode: trap('closeCode'),
    message: trap('message'),
    stack: trap('stack'),
  });
}

function speechless(): () => void {
  return Object.assign(() => undefined, {
    toString: () => {
      throw new Error('toString failed');
    },
  });
}

/** What can be thrown; the text of none may reach a peer. */
const VALUES: readonly (readonly [what: string, value: unknown])[] = [
  ['an Error', new Error('secret')],
  ['undefined', undefined],
  ['null', null],
  ['a string', 'secret'],
  ['a symbol', Symbol('secret')],
  ['an object without a prototype', Object.assign(Object.create(null), { secret: true })],
  ['an Error with a close code that may not be sent', Object.assign(new Error('secret'), { closeCode: 1006.5 })],
  ['an Error whose properties throw', errorWithTraps()],
  ['a function whose toString throws', speechless()],
  ['a revoked proxy', revoked()],
];

const ERROR = new Error('secret');

/** Fails at once. */
export const THROWING: readonly Fault[] = VALUES.map(([what, value]) => ({
  what: `throws ${what}`,
  fail: () => throwAnything(value),
  value,
}));

/** Fails by a promise, or what looks like one. */
export const REJECTING: readonly Fault[] = [
  ...VALUES.map(([what, value]) => ({ what: `rejects with ${what}`, fail: () => Promise.reject(value), value })),
  {
    what: 'rejects later',
    fail: () => new Promise((_, reject) => setImmediate(() => reject(ERROR))),
    value: ERROR,
  },
  ...[
    ['returns a thenable whose then throws', () => throwAnything(ERROR)],
    ['returns a thenable that rejects at once', (_: unknown, reject: (cause: unknown) => void) => reject(ERROR)],
    [
      'returns a thenable that rejects twice and then throws',
      (_: unknown, reject: (cause: unknown) => void) => {
        reject(ERROR);
        reject(new Error('again'));
        throw new Error('and again');
      },
    ],
  ].map(([what, then]) => ({ what: what as string, fail: () => thenable(then), value: ERROR })),
];

export const FAULTS: readonly Fault[] = [...THROWING, ...REJECTING];

function thenable(then: unknown): object {
  return { then };
}

/** Never settles. */
export const NEVER: Fault = { what: 'never settles', fail: () => new Promise(() => undefined), value: undefined };
