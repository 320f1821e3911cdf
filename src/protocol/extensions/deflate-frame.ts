import { IncomingFrame } from '../incoming-frame.js';
import { messageLimit } from '../limits.js';
import { type MessageOpcode, Opcode } from '../opcode.js';
import type { OutgoingFrame } from '../outgoing-frame.js';
import { type Codecs, sharedCodecs } from './codecs.js';
import {
  agreeOnCompression,
  COMPRESSED,
  CompressingInstance,
  type CompressionAgreement,
} from './compressing-instance.js';
import { type CheckedDeflateOptions, checkDeflateOptions, type DeflateOptions } from './deflate-options.js';
import { LEAST_DEFLATE_BITS } from './deflate-whole.js';
import {
  type AgreedExtension,
  type Extension,
  type ExtensionContext,
  ExtensionError,
  type ExtensionInstance,
  type Parameters,
  type Settling,
} from './extension.js';
import type { PieceTaker } from './inflation-stream.js';
import { LARGEST_WINDOW_BITS, readWindowBits } from './permessage-deflate-parameters.js';

/**
 * Compression frame by frame, draft-tyoshino-hybi-websocket-perframe-deflate: what came before RFC 7692, for clients
 * that speak nothing newer.
 *
 * @throws RangeError for options that can't be.
 */
export function deflateFrame(options: DeflateOptions = {}): Extension {
  return perFrameDeflateBy(sharedCodecs(), 'deflate-frame', options);
}

/**
 * The same by the name that WebKit gave it, for old Safaris.
 *
 * @throws RangeError for options that can't be.
 */
export function xWebkitDeflateFrame(options: DeflateOptions = {}): Extension {
  return perFrameDeflateBy(sharedCodecs(), 'x-webkit-deflate-frame', options);
}

/** What one side asks of the other's compressor; in the offer of the server's, in the answer of the client's. */
interface Demands {
  readonly maxWindowBits: number | undefined;
  readonly noContextTakeover: boolean;
}

/** The same by any name, and by other codecs than those of the process. */
export function perFrameDeflateBy(codecs: Codecs, name: string, given: DeflateOptions): Extension {
  const options = checkDeflateOptions(given);
  const demanded = writeDemands(demandsOf(options));
  const extension: Extension = {
    name,
    // On each frame that is compressed, continuations included.
    rsv: { first: COMPRESSED, continuation: COMPRESSED },
    accept(offered) {
      const demands = readDemands(offered);
      if (demands === undefined || (demands.maxWindowBits ?? LARGEST_WINDOW_BITS) < LEAST_DEFLATE_BITS) {
        return null;
      }
      return agree(demanded, demands, options, codecs);
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
      return agree(answered, demands, options, codecs);
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
function agree(
  parameters: Parameters,
  demands: Demands,
  options: CheckedDeflateOptions,
  codecs: Codecs,
): AgreedExtension {
  const own = demandsOf(options);
  const windowBits = demands.maxWindowBits ?? LARGEST_WINDOW_BITS;
  const contextTakeover = options.contextTakeover && !demands.noContextTakeover;
  return agreeOnCompression(
    {
      codecs,
      options,
      parameters,
      outgoing: { windowBits, contextTakeover },
      reachBits: options.windowBits,
      incoming: { windowBits: own.maxWindowBits ?? LARGEST_WINDOW_BITS, contextTakeover: !own.noContextTakeover },
    },
    (agreement, context) => new FrameDeflate(agreement, context),
  );
}

/** One connection's compression of frames. */
class FrameDeflate extends CompressingInstance implements ExtensionInstance {
  readonly #context: ExtensionContext;
  /** Whether the frames of the message that is being sent may be compressed. */
  #sends = true;
  /** Opcode of the message that is coming in, and the bytes of it so far: the limit is the message's. */
  #opcode: MessageOpcode = Opcode.Text;
  #bytes = 0;

  constructor(agreement: CompressionAgreement, context: ExtensionContext) {
    super(agreement);
    this.#context = context;
  }

  receive(frame: IncomingFrame, next: (frame: IncomingFrame) => Settling): Settling {
    if (frame.startsMessage) {
      this.#opcode = frame.opcode as MessageOpcode;
      this.#bytes = 0;
    }
    if ((frame.rsv & COMPRESSED) === 0) {
      this.#bytes += frame.length;
      return next(frame);
    }
    const limit = Math.max(0, messageLimit(this.#opcode, this.#context.limits) - this.#bytes);
    if (this.#context.wantsPieces(this.#opcode)) {
      const take: PieceTaker = (data, starts, ends) => this.#deliver(frame, data, starts, ends, next);
      const data = this.incoming.receivePieces(frame, frame.endsFrame, limit, take);
      return data instanceof Promise ? data : take(data, true, true);
    }
    const data = this.incoming.receive(frame, frame.endsFrame, limit);
    if (data === undefined) {
      return undefined;
    }
    return data instanceof Promise
      ? data.then((whole) => this.#deliver(frame, whole, true, true, next))
      : this.#deliver(frame, data, true, true, next);
  }

  #deliver(
    { opcode, fin, rsv }: IncomingFrame,
    data: Buffer,
    starts: boolean,
    ends: boolean,
    next: (frame: IncomingFrame) => Settling,
  ): Settling {
    this.#bytes += data.length;
    return next(new IncomingFrame(opcode, fin, rsv & ~COMPRESSED, data, 0, data.length, starts, ends, false));
  }

  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling {
    if (frame.opcode !== Opcode.Continuation) {
      this.#sends = frame.compress !== false;
    }
    return this.#sends && this.isWorthIt(frame) ? this.compress(frame, true, true, next) : next(frame);
  }
}
