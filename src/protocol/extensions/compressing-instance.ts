import type { OutgoingFrame } from '../outgoing-frame.js';
import type { Codecs } from './codecs.js';
import { type Direction, IncomingCompression, OutgoingCompression } from './compression.js';
import type { CheckedDeflateOptions } from './deflate-options.js';
import { LEAST_DEFLATE_BITS } from './deflate-whole.js';
import type { Deflater } from './deflater.js';
import type { AgreedExtension, ExtensionContext, ExtensionInstance, Parameters, Settling } from './extension.js';
import type { Inflater } from './inflater.js';

/** What both sides have settled on, whatever the unit that is compressed. */
export interface CompressionAgreement {
  /** Null where the peer allows no window that zlib can compress with: all goes uncompressed then. */
  readonly deflater: Deflater | null;
  readonly inflater: Inflater;
  readonly threshold: number;
  readonly outgoing: Direction;
  readonly incoming: Direction;
}

/** How the parts of an agreement are found. */
export interface CompressionTerms {
  readonly codecs: Codecs;
  readonly options: CheckedDeflateOptions;
  /** For the server's answer. */
  readonly parameters: Parameters;
  /** What this side's compressor is bound to, the peer's inflater. */
  readonly outgoing: Direction;
  /** The farthest that what is sent refers back beyond its unit; the peer may allow less. */
  readonly reachBits: number;
  readonly incoming: Direction;
}

/** What was agreed on, for the connections that `create` makes. */
export function agreeOnCompression(
  { codecs, options, parameters, outgoing, reachBits, incoming }: CompressionTerms,
  create: (agreement: CompressionAgreement, context: ExtensionContext) => ExtensionInstance,
): AgreedExtension {
  const { level, memLevel, threshold } = options;
  const { windowBits } = outgoing;
  const agreement: CompressionAgreement = {
    deflater: windowBits < LEAST_DEFLATE_BITS ? null : codecs.deflater({ level, memLevel, windowBits }),
    inflater: codecs.inflater,
    threshold,
    outgoing: { ...outgoing, windowBits: Math.min(windowBits, reachBits) },
    incoming,
  };
  const agreed = { parameters, create: (context: ExtensionContext) => create(agreement, context) };
  return outgoing.contextTakeover ? agreed : { ...agreed, shareKey: `${windowBits},${level},${memLevel},${threshold}` };
}

/** "Compressed": RSV1, in RFC 7692 §6 and in the drafts before it. */
export const COMPRESSED = 4;

/** One connection's compression: what messages and frames as units have in common. */
export abstract class CompressingInstance {
  readonly #agreement: CompressionAgreement;
  // Made for the first message that is compressed.
  #outgoing: OutgoingCompression | null = null;
  #incoming: IncomingCompression | null = null;

  constructor(agreement: CompressionAgreement) {
    this.#agreement = agreement;
  }

  close(): void {
    this.#outgoing?.close();
    this.#incoming?.close();
    this.#outgoing = null;
    this.#incoming = null;
  }

  protected get incoming(): IncomingCompression {
    this.#incoming ??= new IncomingCompression(this.#agreement.inflater, this.#agreement.incoming);
    return this.#incoming;
  }

  protected isWorthIt({ payload }: OutgoingFrame): boolean {
    return this.#agreement.deflater !== null && payload.length >= this.#agreement.threshold;
  }

  /** Compresses a frame that `starts` a unit, `ends` it, or both. */
  protected compress(
    frame: OutgoingFrame,
    starts: boolean,
    ends: boolean,
    next: (frame: OutgoingFrame) => Settling,
  ): Settling {
    this.#outgoing ??= new OutgoingCompression(this.#agreement.deflater as Deflater, this.#agreement.outgoing);
    const outgoing = this.#outgoing;
    const deflated = outgoing.deflate(frame.payload, ends);
    return deflated instanceof Promise
      ? deflated.then((payload) => passOn(frame, payload, starts, ends, outgoing, next))
      : passOn(frame, deflated, starts, ends, outgoing, next);
  }
}

function passOn(
  frame: OutgoingFrame,
  deflated: Buffer,
  starts: boolean,
  ends: boolean,
  outgoing: OutgoingCompression,
  next: (frame: OutgoingFrame) => Settling,
): Settling {
  const { opcode, fin, rsv, payload, compress } = frame;
  if (starts && ends && deflated.length >= payload.length) {
    outgoing.dropped();
    return next(frame); // Nothing gained: it goes as it is, and nothing later refers to it.
  }
  outgoing.sent(payload, ends);
  return next({ opcode, fin, rsv: starts ? rsv | COMPRESSED : rsv, payload: deflated, compress });
}
