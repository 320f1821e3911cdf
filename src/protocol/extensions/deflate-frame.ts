import { IncomingFrame } from '../incoming-frame.js';
import { messageLimit } from '../limits.js';
import { Opcode } from '../opcode.js';
import type { OutgoingFrame } from '../outgoing-frame.js';
import { type Direction, IncomingCompression, OutgoingCompression } from './compression.js';
import { type CheckedDeflateOptions, checkDeflateOptions, type DeflateOptions } from './deflate-options.js';
import { Deflater, LEAST_DEFLATE_BITS } from './deflater.js';
import {
  type AgreedExtension,
  type Extension,
  type ExtensionContext,
  ExtensionError,
  type ExtensionInstance,
  type Parameters,
  type Settling,
} from './extension.js';
import { LARGEST_WINDOW_BITS, readWindowBits } from './permessage-deflate-parameters.js';

/** RSV1, on each frame that is compressed, continuations included. */
const COMPRESSED = 4;
const FLUSH_LENGTH = 4;

/**
 * Compression frame by frame, draft-tyoshino-hybi-websocket-perframe-deflate: what came before RFC 7692, for clients
 * that speak nothing newer.
 *
 * @throws RangeError for options that can't be.
 */
export function deflateFrame(options: DeflateOptions = {}): Extension {
  return perFrameDeflate('deflate-frame', options);
}

/**
 * The same by the name that WebKit gave it, for old Safaris.
 *
 * @throws RangeError for options that can't be.
 */
export function xWebkitDeflateFrame(options: DeflateOptions = {}): Extension {
  return perFrameDeflate('x-webkit-deflate-frame', options);
}

/** What one side asks of the other's compressor; in the offer of the server's, in the answer of the client's. */
interface Demands {
  readonly maxWindowBits: number | undefined;
  readonly noContextTakeover: boolean;
}

function perFrameDeflate(name: string, given: DeflateOptions): Extension {
  const options = checkDeflateOptions(given);
  const demanded = writeDemands(demandsOf(options));
  const extension: Extension = {
    name,
    rsv: { first: COMPRESSED, continuation: COMPRESSED },
    accept(offered) {
      const demands = readDemands(offered);
      if (demands === undefined || (demands.maxWindowBits ?? LARGEST_WINDOW_BITS) < LEAST_DEFLATE_BITS) {
        return null;
      }
      return agree(demanded, demands, options);
    },
    offers: () => [demanded],
    confirm(answered) {
      const demands = readDemands(answered);
      if (demands === undefined) {
        throw new ExtensionError(
          'MOORAGE_EXTENSION_PARAMETERS',
          `The server answered "${name}" with parameters that it doesn't have: it has max_window_bits (8–15) and no_context_takeover.`,
        );
      }
      return agree(answered, demands, options);
    },
  };
  return extension;
}

/** What this side asks of its peer. */
function demandsOf({ contextTakeover, windowBits }: CheckedDeflateOptions): Demands {
  return {
    maxWindowBits: contextTakeover && windowBits < LARGEST_WINDOW_BITS ? windowBits : undefined,
    noContextTakeover: !contextTakeover,
  };
}

/** Undefined for a parameter that is unknown, twice there, or has a value that it can't. */
function readDemands(parameters: Parameters): Demands | undefined {
  let maxWindowBits: number | undefined;
  let noContextTakeover = false;
  for (const { name, value } of parameters) {
    if (name === 'no_context_takeover' && value === undefined && !noContextTakeover) {
      noContextTakeover = true;
    } else if (name === 'max_window_bits' && maxWindowBits === undefined) {
      maxWindowBits = readWindowBits(value ?? '');
      if (maxWindowBits === undefined) return undefined;
    } else {
      return undefined;
    }
  }
  return { maxWindowBits, noContextTakeover };
}

function writeDemands({ maxWindowBits, noContextTakeover }: Demands): Parameters {
  return [
    ...(maxWindowBits === undefined ? [] : [{ name: 'max_window_bits', value: String(maxWindowBits) }]),
    ...(noContextTakeover ? [{ name: 'no_context_takeover', value: undefined }] : []),
  ];
}

/** @param demands the peer's, of this side's compressor. */
function agree(parameters: Parameters, demands: Demands, options: CheckedDeflateOptions): AgreedExtension {
  const { level, memLevel, threshold } = options;
  const own = demandsOf(options);
  const windowBits = demands.maxWindowBits ?? LARGEST_WINDOW_BITS;
  const contextTakeover = options.contextTakeover && !demands.noContextTakeover;
  const agreement: Agreement = {
    deflater: windowBits < LEAST_DEFLATE_BITS ? null : new Deflater({ level, memLevel, windowBits }),
    threshold,
    outgoing: { windowBits: Math.min(windowBits, options.windowBits), contextTakeover },
    incoming: { windowBits: own.maxWindowBits ?? LARGEST_WINDOW_BITS, contextTakeover: !own.noContextTakeover },
  };
  const agreed = { parameters, create: (context: ExtensionContext) => new FrameDeflate(agreement, context) };
  return contextTakeover ? agreed : { ...agreed, shareKey: `${windowBits},${level},${memLevel},${threshold}` };
}

interface Agreement {
  readonly deflater: Deflater | null;
  readonly threshold: number;
  readonly outgoing: Direction;
  readonly incoming: Direction;
}

/** One connection's compression of frames. */
class FrameDeflate implements ExtensionInstance {
  readonly #agreement: Agreement;
  readonly #context: ExtensionContext;
  #outgoing: OutgoingCompression | null = null;
  #incoming: IncomingCompression | null = null;
  /** Whether the frames of the message that is being sent may be compressed. */
  #sends = true;
  /** Opcode of the message that is coming in, and the bytes of it so far: the limit is the message's. */
  #opcode: Opcode = Opcode.Continuation;
  #bytes = 0;

  constructor(agreement: Agreement, context: ExtensionContext) {
    this.#agreement = agreement;
    this.#context = context;
  }

  receive(frame: IncomingFrame, next: (frame: IncomingFrame) => Settling): Settling {
    if (frame.startsMessage) {
      this.#opcode = frame.opcode;
      this.#bytes = 0;
    }
    if ((frame.rsv & COMPRESSED) === 0) {
      this.#bytes += frame.length;
      return next(frame);
    }
    this.#incoming ??= new IncomingCompression(this.#agreement.incoming);
    const limit = Math.max(0, messageLimit(this.#opcode, this.#context.limits) - this.#bytes);
    const data = this.#incoming.receive(frame, frame.endsFrame, limit);
    if (data === undefined) {
      return undefined;
    }
    return data instanceof Promise
      ? data.then((whole) => this.#deliver(frame, whole, next))
      : this.#deliver(frame, data, next);
  }

  #deliver({ opcode, fin, rsv }: IncomingFrame, data: Buffer, next: (frame: IncomingFrame) => Settling): Settling {
    this.#bytes += data.length;
    return next(new IncomingFrame(opcode, fin, rsv & ~COMPRESSED, data, 0, data.length, true, true, false));
  }

  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling {
    const { deflater, threshold, outgoing } = this.#agreement;
    if (frame.opcode !== Opcode.Continuation) {
      this.#sends = frame.compress !== false;
    }
    if (!this.#sends || deflater === null || frame.payload.length < threshold) {
      return next(frame);
    }
    this.#outgoing ??= new OutgoingCompression(deflater, outgoing);
    const data = this.#outgoing.deflate(frame.payload);
    return data instanceof Promise
      ? data.then((whole) => this.#pass(frame, whole, next))
      : this.#pass(frame, data, next);
  }

  #pass(frame: OutgoingFrame, deflated: Buffer, next: (frame: OutgoingFrame) => Settling): Settling {
    const payload = deflated.subarray(0, -FLUSH_LENGTH);
    if (payload.length >= frame.payload.length) {
      return next(frame);
    }
    this.#outgoing?.sent(frame.payload, true);
    return next({ ...frame, rsv: frame.rsv | COMPRESSED, payload });
  }

  close(): void {
    this.#incoming = null;
    this.#outgoing = null;
  }
}
