import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { Connection } from '#moorage/engine/connection.js';
import { createEnvironment, type EngineEnvironment } from '#moorage/engine/environment.js';
import { type ConnectionSettings, DEFAULT_CONNECTION_SETTINGS } from '#moorage/engine/settings.js';
import type { ExtensionAgreement } from '#moorage/protocol/extensions/negotiation.js';
import type { Role } from '#moorage/protocol/frame-parser.js';
import { MemoryTransport } from './memory-transport.js';
import { type Behaviour, RecordingHandler } from './recording-handler.js';
import { VirtualClock } from './virtual-clock.js';
import { describeFrame, readFrames, Wire } from './wire.js';

export const ROLES: readonly Role[] = ['server', 'client'];

/** Once everything that can happen without further input and without time has happened. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface RigOptions {
  readonly behaviour?: Behaviour;
  readonly control?: boolean;
  readonly whole?: boolean;
  readonly settings?: Partial<ConnectionSettings>;
  readonly head?: Buffer;
  readonly extensions?: ExtensionAgreement | null;
  /** Shared with other connections; by default one of its own. */
  readonly environment?: EngineEnvironment;
}

/** One connection over a transport in memory, on a clock in the test's hand. */
export class Rig<T extends Duplex = MemoryTransport> {
  readonly clock = new VirtualClock();
  readonly handler: RecordingHandler;
  readonly connection: Connection;
  readonly peer: Wire;
  readonly environment: EngineEnvironment;

  constructor(
    role: Role,
    readonly transport: T,
    {
      behaviour,
      control = false,
      whole = true,
      settings,
      head = Buffer.alloc(0),
      environment,
      extensions = null,
    }: RigOptions = {},
  ) {
    this.peer = Wire.peerOf(role);
    this.handler = new RecordingHandler(behaviour, { control, whole });
    this.environment = environment ?? createEnvironment(role, this.clock);
    const complete = { ...DEFAULT_CONNECTION_SETTINGS, ...settings };
    this.connection = new Connection(transport, this.handler, complete, this.environment, extensions);
    this.connection.start(head);
  }

  get events(): string[] {
    return this.handler.events;
  }
}

export function open(role: Role, options?: RigOptions): Rig {
  return new Rig(role, new MemoryTransport(), options);
}

/** Asserts what the handler was told, in order. */
export function expectEvents(rig: Rig<Duplex>, ...events: string[]): void {
  expect(rig.handler.violations, 'the engine’s promises').to.deep.equal([]);
  expect(rig.events).to.deep.equal(events);
}

/** Asserts the frames that were written, in order. */
export function expectWire(rig: Rig, ...frames: string[]): void {
  expect(readFrames(rig.transport.wire).map(describeFrame)).to.deep.equal(frames);
}

/** A promise to be settled by hand. */
export function gate(): { readonly promise: Promise<void>; open(): void; fail(cause: unknown): void } {
  let open!: () => void;
  let fail!: (cause: unknown) => void;
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
