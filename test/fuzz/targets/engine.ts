import { isUtf8 } from 'node:buffer';
import { MoorageError } from '#moorage/protocol/errors.js';
import {
  confirmExtensions,
  type ExtensionAgreement,
  negotiateExtensions,
  offerExtensions,
} from '#moorage/protocol/extensions/negotiation.js';
import type { Role } from '#moorage/protocol/frame-parser.js';
import { parseExtensions } from '#moorage/protocol/handshake/headers.js';
import type { ParsedFrame } from '../../support/parsing.js';
import { referenceParse } from '../../support/reference-parser.js';
import { describeFrame } from '../../support/wire.js';
import { ConnectionRun, type Course, STEPS, type Step } from '../connection-run.js';
import type { Random } from '../random.js';
import { frameStream } from '../streams.js';
import { must, mustEqual, type Target } from '../target.js';
import { type Agreed, checkAfterClose, readOutput, readTexts } from '../wire-reader.js';
import { SUPPORTED } from './extensions.js';

interface Input extends Course {
  readonly tight: boolean;
  /** What both sides support; 0 for no extensions. */
  readonly extensions: number;
}

const LIMITS = { maxTextMessageSize: 3000, maxBinaryMessageSize: 70_000, maxFrameSize: 69_000, maxFragments: 5 };
const ROOMY = { limits: LIMITS };
const TIGHT = {
  limits: LIMITS,
  closeTimeout: 2000,
  idleTimeout: 8000,
  keepAliveInterval: 3000,
  keepAliveTimeout: 2000,
  maxQueuedBytes: 3000,
  writeHighWater: 500,
  writeLowWater: 200,
  lookAheadMessages: 2,
  lookAheadBytes: 2000,
};
/** Shorter messages are inflated at once; whether longer ones come before this side gives up is a matter of chance. */
const DONE_AT_ONCE = 60_000;
const NOTHING_AGREED: Agreed = { rsv: { first: 0, continuation: 0 }, text: '' };
const REASONS: Readonly<Record<string, string>> = {
  1002: 'Protocol error',
  1007: 'Invalid payload data',
  1008: 'Policy violation',
  1009: 'Message too large',
};
/** Errors that this side's network or application made, which a handler is told as they are. */
const OTHERS = ['APPLICATION', 'ECONNRESET', 'EPIPE'];

/** A whole connection: what peers send, networks break, applications do and time brings, in any order. */
export const engineTarget: Target<Input> = {
  name: 'engine',
  setup: ['role', 'control', 'whole', 'tight', 'extensions', 'do'],
  dictionary: [
    '\x81\x80\x00\x00\x00\x00',
    '\x88\x80\x00\x00\x00\x00',
    '\x89\x80\x00\x00\x00\x00',
    '\x88\x00',
    '\x81\x00',
  ],

  generate(random: Random): Input {
    const role = random.pick<Role>(['server', 'client']);
    const extensions = random.oneIn(2) ? 1 + random.below(SUPPORTED.length) : 0;
    const most = random.oneIn(30) ? 80_000 : 700;
    const stream = frameStream(random, { masked: role === 'server', compressed: extensions > 0, most });
    const quiet = random.oneIn(3);
    const at = random.oneIn(4) ? random.below(stream.length + 1) : 0;
    return {
      role,
      control: random.oneIn(2),
      whole: quiet || random.oneIn(2),
      tight: !quiet && random.oneIn(2),
      extensions,
      head: { hex: stream.subarray(0, at).toString('hex') },
      steps: stepsOf(stream.subarray(at), quiet, random),
      acts: quiet ? [0] : random.list(1 + random.below(6), () => random.below(11)),
    };
  },

  async run(input: Input): Promise<string> {
    const agreement = agreed(input);
    const run = await watched(input, agreement);
    const isQuiet = input.whole && !input.tight && input.acts.every((act) => act < 2) && bytesOnly(input.steps);
    if (isQuiet && agreement === null) {
      checkAgainstModel(input, run);
    } else if (isQuiet && bytesOf(input).length < DONE_AT_ONCE) {
      await checkOtherCut(input, agreement, run);
    }
    const { events } = run.handler;
    const kinds = events.map((event) =>
      event.split(' ', event.startsWith('error') || event.startsWith('close') ? 2 : 1).join(),
    );
    return [...new Set(kinds)].join();
  },
};

function stepsOf(stream: Buffer, quiet: boolean, random: Random): Step[] {
  const steps: Step[] = [];
  const names = Object.keys(STEPS).filter((name) => name !== 'sendBig' || random.oneIn(12));
  for (let at = 0; at < stream.length; ) {
    const end = random.oneIn(2) ? stream.length : at + 1 + random.below(stream.length - at);
    steps.push({ do: 'bytes', hex: stream.subarray(at, end).toString('hex'), cuts: random.cuts() });
    at = end;
    if (!quiet) steps.push(...random.list(random.below(4), () => ({ do: random.pick(names) })));
  }
  return quiet && random.oneIn(3) ? [...steps, { do: 'FIN' }] : steps;
}

function agreed({ role, extensions }: Input): ExtensionAgreement | null {
  const supported = SUPPORTED[extensions - 1];
  if (supported === undefined) {
    return null;
  }
  const agreement = negotiateExtensions(parseExtensions(offerExtensions(supported)) ?? [], supported);
  return role === 'server' || agreement === null ? agreement : confirmExtensions(agreement.text, supported);
}

/** What holds whatever happens. */
async function watched(input: Input, agreement: ExtensionAgreement | null): Promise<ConnectionRun> {
  const run = new ConnectionRun(input, input.tight ? TIGHT : ROOMY, agreement);
  await run.run();
  const { handler, transport, connection, clock, application } = run;
  const { events, errors, violations } = handler;
  mustEqual(violations, [], 'a promise to the handler was broken');
  mustEqual(events[0], 'connect', 'connect is not first');
  must(events.at(-1)!.startsWith('close '), 'close is not last', () => events.slice(-5));
  must(events.filter((event) => event.startsWith('error ')).length <= 1, 'error came twice');
  must(handler.endedAfter > 0, 'no end was announced');
  for (const error of errors) {
    const isOurs = error instanceof MoorageError && /^MOORAGE_[A-Z0-9_]+$/.test(error.code);
    must(isOurs || OTHERS.includes((error as NodeJS.ErrnoException).code ?? ''), 'an untyped error', () => error.stack);
  }
  must(transport.destroyed && !connection.isOpen, 'the connection is still there');
  mustEqual(connection.queuedBytes, 0, 'bytes are still queued');
  mustEqual(clock.timers, 0, 'a timer is still running');

  const terms = agreement ?? NOTHING_AGREED;
  const frames = readOutput(transport.wire, input.role === 'client', terms);
  checkAfterClose(frames);
  const { texts, unfinished } = readTexts(frames, terms);
  mustEqual(texts, application.sent.slice(0, texts.length), 'the peer sees other messages than were sent');
  const following = application.sent[texts.length] ?? '';
  must(following.startsWith(unfinished.replace(/\ufffd+$/, '')), 'the peer sees a message that was not sent');
  return run;
}

function bytesOnly(steps: readonly Step[]): boolean {
  return steps.every((step, at) => step.do === 'bytes' || (step.do === 'FIN' && at === steps.length - 1));
}

function bytesOf({ head, steps }: Input): Buffer {
  return Buffer.from([head.hex, ...steps.map(({ hex = '' }) => hex)].join(''), 'hex');
}

/** With a handler that does nothing, every event and every byte follows from RFC 6455. */
function checkAgainstModel(input: Input, run: ConnectionRun): void {
  const rules = { masked: input.role === 'server', limits: LIMITS, rsv: NOTHING_AGREED.rsv };
  const read = referenceParse(bytesOf(input), rules);
  const events = ['connect'];
  const wire: string[] = [];
  let failures = read.failures;
  let close: ParsedFrame | undefined;
  for (const frame of read.frames) {
    const payload = Buffer.from(frame.payload, 'hex');
    if (frame.opcode === 8) {
      close = frame;
      failures = closeFaults(payload);
      break;
    }
    if (frame.opcode < 8 || input.control) events.push(describeFrame({ ...frame, payload }));
    if (frame.opcode === 9) wire.push(describeFrame({ opcode: 10, fin: true, payload }));
  }
  const reasons = failures.map((failure) => REASONS[failure.split(' ')[1]!]);
  if (failures.length > 0) {
    const told =
      failures.find((failure) => run.handler.events.includes(`error ${failure.split(' ')[0]}`)) ?? failures[0]!;
    const [code, closeCode] = told.split(' ') as [string, string];
    const status = `${closeCode} ${reasons[failures.indexOf(told)]}`;
    events.push(`error ${code}`, `close ${status}`);
    wire.push(`close ${status}`);
  } else if (close !== undefined) {
    const answer = describeFrame({ ...close, payload: Buffer.from(close.payload, 'hex') });
    if (input.control) events.push(answer.replace(/^close/, 'close-frame'));
    events.push(answer === 'close' ? 'close 1005' : answer);
    wire.push(answer);
  } else {
    events.push('close 1006');
  }
  mustEqual(run.handler.events, events, 'other events than RFC 6455 has');
  mustEqual(outputOf(run), wire, 'other output than RFC 6455 has');
}

function closeFaults(payload: Buffer): string[] {
  if (payload.length === 0) return [];
  if (payload.length === 1) return ['MOORAGE_INVALID_CLOSE_PAYLOAD 1002'];
  const code = payload.readUInt16BE();
  const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  if (!registered.includes(code) && !(code >= 3000 && code <= 4999)) return ['MOORAGE_INVALID_CLOSE_CODE 1002'];
  return isUtf8(payload.subarray(2)) ? [] : ['MOORAGE_INVALID_UTF8 1007'];
}

function outputOf({ transport }: ConnectionRun, besides?: number): string[] {
  const { frames } = referenceParse(transport.wire, {
    masked: (transport.wire[1] ?? 0) >= 128,
    limits: { maxTextMessageSize: 1e9, maxBinaryMessageSize: 1e9, maxFrameSize: 1e9, maxFragments: 1e9 },
    rsv: { first: 7, continuation: 7 },
  });
  return frames
    .filter(({ opcode }) => opcode !== besides)
    .map((frame) => describeFrame({ ...frame, payload: Buffer.from(frame.payload, 'hex') }));
}

/** With extensions: the same events and output when all bytes come at once. Which pings are still answered may differ. */
async function checkOtherCut(input: Input, agreement: ExtensionAgreement | null, run: ConnectionRun): Promise<void> {
  const end = input.steps.filter((step) => step.do === 'FIN');
  const bytes: Step = { do: 'bytes', hex: bytesOf(input).toString('hex'), cuts: [] };
  const whole = await watched({ ...input, head: { hex: '' }, steps: [bytes, ...end] }, agreement);
  mustEqual(run.handler.events, whole.handler.events, 'other events when the stream is cut elsewhere');
  mustEqual(outputOf(run, 10), outputOf(whole, 10), 'other output when the stream is cut elsewhere');
}
