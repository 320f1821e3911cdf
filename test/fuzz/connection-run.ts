import { setImmediate as turn } from 'node:timers/promises';
import { Connection } from '#moorage/engine/connection.js';
import type { Channel, Settling } from '#moorage/engine/contract.js';
import { createEnvironment } from '#moorage/engine/environment.js';
import { PreparedMessage } from '#moorage/engine/prepared-message.js';
import { type ConnectionSettings, DEFAULT_CONNECTION_SETTINGS } from '#moorage/engine/settings.js';
import type { ExtensionAgreement } from '#moorage/protocol/extensions/negotiation.js';
import type { Role } from '#moorage/protocol/frame-parser.js';
import { cut } from '../support/cuts.js';
import { settled } from '../support/engine.js';
import { MemoryTransport } from '../support/memory-transport.js';
import { type Behaviour, RecordingHandler } from '../support/recording-handler.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** What happens to a connection from outside. `bytes` come in these cuts; the rest needs nothing more said. */
export interface Step {
  readonly do: string;
  readonly hex?: string;
  readonly cuts?: readonly number[];
}

export interface Course {
  readonly role: Role;
  readonly control: boolean;
  readonly whole: boolean;
  readonly head: { readonly hex: string };
  readonly steps: readonly Step[];
  /** What the handler's calls do, one after the other and round again. */
  readonly acts: readonly number[];
}

/** Milliseconds that an end may take when others use the machine as well. */
const PATIENCE = 5_000;

export const BIG = 'A message that takes a while to compress. '.repeat(2500);
const PREPARED = PreparedMessage.text('prepared '.repeat(20));

/** What an application does on a connection, and what of it the peer should come to see. */
export class Application {
  /** The messages that were accepted for sending; the last may lack its end. */
  readonly sent: string[] = [];
  channel!: Channel;
  #partial = false;

  text(text: string): Settling {
    this.#note(text);
    return this.channel.sendText(text);
  }

  prepared(): Settling {
    this.#note(PREPARED.payload.toString());
    return this.channel.sendPrepared(PREPARED);
  }

  part(text: string, last: boolean): Settling {
    if (this.channel.isOpen) {
      if (this.#partial) this.sent.push((this.sent.pop() ?? '') + text);
      else this.sent.push(text);
      this.#partial = !last;
    }
    return this.channel.sendPartialText(text, last);
  }

  #note(text: string): void {
    if (this.channel.isOpen && !this.#partial) this.sent.push(text);
  }
}

const thrown = (): Error => Object.assign(new Error('of the application'), { code: 'APPLICATION' });

/** The first does nothing: a course of zeros is one where only the peer acts. */
export const ACTS: readonly ((application: Application) => Settling)[] = [
  () => undefined,
  () => undefined,
  () => settled(),
  () => {
    throw thrown();
  },
  () => settled().then(() => Promise.reject(thrown())),
  (application) => void application.text('reply'),
  (application) => application.text('awaited '.repeat(100)),
  (application) => application.channel.close(4001, 'inside'),
  (application) => application.channel.disconnect(),
  (application) => void application.prepared(),
  (application) => void application.part('part ', false),
];

type Act = (run: ConnectionRun) => void | Promise<void>;

export const STEPS: Readonly<Record<string, Act>> = {
  FIN: (run) => run.finish(),
  RST: ({ transport }) => transport.reset(),
  stall: ({ transport }) => transport.stall(),
  unstall: ({ transport }) => transport.unstall(),
  EPIPE: ({ transport }) => transport.failWrites(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  send: ({ application }) => void application.text('x'.repeat(400)),
  sendBig: ({ application }) => void application.text(BIG),
  sendPrepared: ({ application }) => void application.prepared(),
  part: ({ application }) => void application.part('κόσμε', false),
  last: ({ application }) => void application.part('', true),
  sendPing: ({ connection }) => void connection.sendPing(Buffer.of(1)),
  close: ({ connection }) => connection.close(4000, 'ours'),
  disconnect: ({ connection }) => connection.disconnect(),
  time: ({ clock }) => clock.advance(1100),
  block: ({ clock }) => clock.block(3000),
  turn: () => settled(),
};

/** One connection over a transport in memory, through a course. */
export class ConnectionRun {
  readonly clock = new VirtualClock();
  readonly transport = new MemoryTransport();
  readonly application = new Application();
  readonly handler: RecordingHandler;
  readonly connection: Connection;
  readonly #course: Course;
  /** The peer has sent its FIN. */
  #finished = false;

  constructor(course: Course, settings: Partial<ConnectionSettings>, extensions: ExtensionAgreement | null) {
    this.#course = course;
    const { application } = this;
    let calls = 0;
    const act = (channel: Channel): Settling => {
      application.channel = channel;
      const next = course.acts[calls++ % course.acts.length] ?? 0;
      return ACTS[next % ACTS.length]!(application);
    };
    const behaviour: Behaviour = { connect: act, data: act, control: act, error: act, close: act };
    this.handler = new RecordingHandler(behaviour, { control: course.control, whole: course.whole });
    this.connection = new Connection(
      this.transport,
      this.handler,
      { ...DEFAULT_CONNECTION_SETTINGS, ...settings },
      createEnvironment(course.role, this.clock),
      extensions,
    );
    this.connection.start(Buffer.from(course.head.hex, 'hex'));
  }

  /** From the first step to the end of everything. */
  async run(): Promise<void> {
    for (const step of this.#course.steps) {
      await this.#take(step);
    }
    // Work in zlib's threads takes turns, not time that could be waited for.
    for (let rounds = 0; rounds < 40 && !this.#isOver; rounds++) await turn();
    if (!this.transport.destroyed) this.connection.disconnect();
    for (const patience = Date.now() + PATIENCE; !this.#isOver && Date.now() < patience; ) await turn();
    for (let rounds = 0; rounds < 4; rounds++) await settled();
  }

  finish(): void {
    if (!this.#finished && !this.transport.destroyed) this.transport.finish();
    this.#finished = true;
  }

  get #isOver(): boolean {
    return this.transport.destroyed && this.handler.events.at(-1)?.startsWith('close ') === true;
  }

  async #take({ do: what, hex = '', cuts = [] }: Step): Promise<void> {
    if (what !== 'bytes') {
      await STEPS[what]?.(this);
      return;
    }
    for (const piece of cut(Buffer.from(hex, 'hex'), cuts)) {
      if (piece.length > 0 && !this.#finished && !this.transport.destroyed) this.transport.deliver(piece);
    }
  }
}
