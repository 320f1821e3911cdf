import type { RsvClaims } from '../frame-parser.js';
import type { IncomingFrame } from '../incoming-frame.js';
import type { MessageLimits } from '../limits.js';
import type { MessageOpcode } from '../opcode.js';
import type { OutgoingFrame } from '../outgoing-frame.js';
import type { ExtensionContext, ExtensionInstance, Settling } from './extension.js';
import type { ExtensionAgreement } from './negotiation.js';

/** Where the frames go that have come through, and what bounds them. */
export interface StackEnds {
  /** Read anew each time: limits can be changed while the connection lasts. */
  readonly limits: MessageLimits;
  /** Whether the pieces of a message of this kind are of use before it is whole. */
  wantsPieces(opcode: MessageOpcode): boolean;
  /** An incoming frame, decoded. */
  decoded(frame: IncomingFrame): Settling;
  /** An outgoing frame, encoded. */
  encoded(frame: OutgoingFrame): Settling;
}

/**
 * The extensions of one connection as two chains. RFC 6455 §9.1: of `foo, bar` in the server's answer, what is sent
 * goes through foo and then bar; so the last one listed is nearest the wire, and what is received goes through it first.
 */
export class ExtensionStack implements ExtensionContext {
  readonly rsv: RsvClaims;
  /** Takes a data frame, or a piece of one, as the parser gives it. */
  readonly receive: (frame: IncomingFrame) => Settling;
  /** Takes a data frame as the application has it. */
  readonly send: (frame: OutgoingFrame) => Settling;
  readonly #ends: StackEnds;
  readonly #instances: readonly ExtensionInstance[];

  constructor(agreement: ExtensionAgreement, ends: StackEnds) {
    this.rsv = agreement.rsv;
    this.#ends = ends;
    this.#instances = agreement.extensions.map((extension) => extension.create(this));
    this.receive = this.#instances.reduce(
      (next, instance) => (frame) => settling(instance.receive(frame, next)),
      (frame: IncomingFrame) => ends.decoded(frame),
    );
    this.send = this.#instances.reduceRight(
      (next, instance) => (frame) => settling(instance.send(frame, next)),
      (frame: OutgoingFrame) => ends.encoded(frame),
    );
  }

  get limits(): MessageLimits {
    return this.#ends.limits;
  }

  wantsPieces(opcode: MessageOpcode): boolean {
    return this.#ends.wantsPieces(opcode);
  }

  close(): void {
    closeAll(this.#instances, 0);
  }
}

/** One that fails keeps none of the others from giving back what it holds. */
function closeAll(instances: readonly ExtensionInstance[], from: number): void {
  if (from < instances.length) {
    try {
      instances[from]?.close?.();
    } finally {
      closeAll(instances, from + 1);
    }
  }
}

/** An extension of the application's may return any thenable, which may settle twice; those around it trust a promise. */
function settling(result: Settling): Settling {
  return result === undefined || result instanceof Promise ? result : Promise.resolve(result);
}
