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
import {
  LARGEST_WINDOW_BITS,
  type PerMessageDeflateParameters,
  readPerMessageDeflate,
  writePerMessageDeflate,
} from './permessage-deflate-parameters.js';

/** "Per-Message Compressed": RSV1 (RFC 7692 §6). */
const COMPRESSED = 4;
/** `00 00 ff ff`, which ends a message on neither side (RFC 7692 §7.2.1). */
const FLUSH_LENGTH = 4;
/** What parts of one message may refer back to where messages share nothing. */
const BITS_WITHIN_MESSAGE = 12;

/**
 * Compression of messages, RFC 7692: what browsers and other libraries speak.
 *
 * Without context takeover, the default, neither side keeps anything between messages. A peer that can't hold to the
 * `windowBits` of context takeover is asked to do without it, so that the option bounds the memory in any case.
 *
 * @throws RangeError for options that can't be.
 */
export function perMessageDeflate(options: DeflateOptions = {}): Extension {
  const checked = checkDeflateOptions(options);
  return {
    name: 'permessage-deflate',
    rsv: { first: COMPRESSED, continuation: 0 },
    accept(offered) {
      const offer = readPerMessageDeflate(offered);
      const answer = offer && answerTo(offer, checked);
      return answer === undefined ? null : agreedByServer(answer, offer as PerMessageDeflateParameters, checked);
    },
    offers: () => offersOf(checked).map(writePerMessageDeflate),
    confirm(answered) {
      const answer = readPerMessageDeflate(answered);
      if (answer === undefined || !offersOf(checked).some((offer) => answers(offer, answer))) {
        throw new ExtensionError(
          'MOORAGE_EXTENSION_PARAMETERS',
          `The server answered "permessage-deflate" with parameters that the offer doesn't allow: ${described(answered)} (RFC 7692 §7.1).`,
        );
      }
      return agreedByClient(answer, checked);
    },
  };
}

/** A server's answer to an offer; undefined when it can't be kept. */
function answerTo(
  offer: PerMessageDeflateParameters,
  { contextTakeover, windowBits }: CheckedDeflateOptions,
): PerMessageDeflateParameters | undefined {
  const { serverMaxWindowBits, clientMaxWindowBits } = offer;
  if (serverMaxWindowBits !== undefined && serverMaxWindowBits < LEAST_DEFLATE_BITS) {
    return undefined; // zlib can't compress with a window so small; another offer may do without.
  }
  const serverNoContextTakeover = offer.serverNoContextTakeover || !contextTakeover;
  // A client that can't be limited (RFC 7692 §7.1.2.2) would have this side keep the largest window.
  const canLimit = clientMaxWindowBits !== undefined || windowBits === LARGEST_WINDOW_BITS;
  const clientNoContextTakeover = offer.clientNoContextTakeover || !contextTakeover || !canLimit;
  const ownLimit = serverNoContextTakeover || windowBits === LARGEST_WINDOW_BITS ? undefined : windowBits;
  const peerLimit = typeof clientMaxWindowBits === 'number' ? clientMaxWindowBits : LARGEST_WINDOW_BITS;
  const limitsPeer = !clientNoContextTakeover && clientMaxWindowBits !== undefined && windowBits < peerLimit;
  return {
    serverNoContextTakeover,
    clientNoContextTakeover,
    // §7.1.2.1: must be answered where it was offered, with as much or less.
    serverMaxWindowBits:
      serverMaxWindowBits === undefined ? ownLimit : Math.min(serverMaxWindowBits, ownLimit ?? LARGEST_WINDOW_BITS),
    clientMaxWindowBits: limitsPeer ? windowBits : undefined,
  };
}

/** What a client asks for, the best first; the last is one that every server can take. */
function offersOf({ contextTakeover, windowBits }: CheckedDeflateOptions): PerMessageDeflateParameters[] {
  const none: PerMessageDeflateParameters = {
    serverNoContextTakeover: true,
    clientNoContextTakeover: !contextTakeover,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: true,
  };
  if (!contextTakeover) {
    return [none];
  }
  const limit = windowBits === LARGEST_WINDOW_BITS ? undefined : windowBits;
  return [{ ...none, serverNoContextTakeover: false, serverMaxWindowBits: limit }, none];
}

/** Whether an answer keeps to an offer (RFC 7692 §7.1.1, §7.1.2). */
function answers(offer: PerMessageDeflateParameters, answer: PerMessageDeflateParameters): boolean {
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) {
    return false;
  }
  if (
    offer.serverMaxWindowBits !== undefined &&
    !((answer.serverMaxWindowBits ?? Infinity) <= offer.serverMaxWindowBits)
  ) {
    return false;
  }
  return answer.clientMaxWindowBits !== true;
}

function agreedByServer(
  answer: PerMessageDeflateParameters,
  offer: PerMessageDeflateParameters,
  options: CheckedDeflateOptions,
): AgreedExtension {
  // A limit that the client named for itself holds unless the answer has a lower one (RFC 7692 §7.1.2.2).
  const offered = typeof offer.clientMaxWindowBits === 'number' ? offer.clientMaxWindowBits : LARGEST_WINDOW_BITS;
  return agree(
    writePerMessageDeflate(answer),
    { windowBits: answer.serverMaxWindowBits ?? LARGEST_WINDOW_BITS, contextTakeover: !answer.serverNoContextTakeover },
    {
      windowBits: typeof answer.clientMaxWindowBits === 'number' ? answer.clientMaxWindowBits : offered,
      contextTakeover: !answer.clientNoContextTakeover,
    },
    options,
  );
}

function agreedByClient(answer: PerMessageDeflateParameters, options: CheckedDeflateOptions): AgreedExtension {
  return agree(
    writePerMessageDeflate(answer),
    {
      windowBits: typeof answer.clientMaxWindowBits === 'number' ? answer.clientMaxWindowBits : LARGEST_WINDOW_BITS,
      contextTakeover: options.contextTakeover && !answer.clientNoContextTakeover,
    },
    {
      windowBits: answer.serverMaxWindowBits ?? LARGEST_WINDOW_BITS,
      contextTakeover: !answer.serverNoContextTakeover,
    },
    options,
  );
}

/** @param outgoing this side's compressor, the peer's inflater. */
function agree(
  parameters: Parameters,
  outgoing: Direction,
  incoming: Direction,
  options: CheckedDeflateOptions,
): AgreedExtension {
  const { level, memLevel, threshold } = options;
  // A server may tell a client to keep to a window that zlib can't compress with. All messages go uncompressed then.
  const deflater =
    outgoing.windowBits < LEAST_DEFLATE_BITS
      ? null
      : new Deflater({ level, memLevel, windowBits: outgoing.windowBits });
  const kept = outgoing.contextTakeover ? options.windowBits : BITS_WITHIN_MESSAGE;
  const agreement: Agreement = {
    deflater,
    threshold,
    incoming,
    outgoing: { ...outgoing, windowBits: Math.min(outgoing.windowBits, kept) },
  };
  const agreed = { parameters, create: (context: ExtensionContext) => new PerMessageDeflate(agreement, context) };
  if (outgoing.contextTakeover) {
    return agreed;
  }
  return { ...agreed, shareKey: `${outgoing.windowBits},${level},${memLevel},${threshold}` };
}

interface Agreement {
  readonly deflater: Deflater | null;
  readonly threshold: number;
  readonly outgoing: Direction;
  readonly incoming: Direction;
}

/** One connection's permessage-deflate. */
class PerMessageDeflate implements ExtensionInstance {
  readonly #agreement: Agreement;
  readonly #context: ExtensionContext;
  // Made for the first message that is compressed.
  #outgoing: OutgoingCompression | null = null;
  #incoming: IncomingCompression | null = null;
  /** Whether the message that is being sent goes compressed. */
  #sends = false;
  /** Opcode and other bits of the compressed message that is coming in; no opcode of a message is 0. */
  #opcode: Opcode = Opcode.Continuation;
  #rsv = 0;

  constructor(agreement: Agreement, context: ExtensionContext) {
    this.#agreement = agreement;
    this.#context = context;
  }

  receive(frame: IncomingFrame, next: (frame: IncomingFrame) => Settling): Settling {
    if (frame.startsMessage && (frame.rsv & COMPRESSED) !== 0) {
      this.#opcode = frame.opcode;
      this.#rsv = frame.rsv & ~COMPRESSED;
    }
    const opcode = this.#opcode;
    if (opcode === Opcode.Continuation) {
      return next(frame);
    }
    this.#incoming ??= new IncomingCompression(this.#agreement.incoming);
    const rsv = this.#rsv;
    const data = this.#incoming.receive(frame, frame.endsMessage, messageLimit(opcode, this.#context.limits));
    if (data === undefined) {
      return undefined;
    }
    this.#opcode = Opcode.Continuation;
    return data instanceof Promise
      ? data.then((whole) => next(message(opcode, rsv, whole)))
      : next(message(opcode, rsv, data));
  }

  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling {
    const { deflater, threshold, outgoing } = this.#agreement;
    if (frame.opcode !== Opcode.Continuation) {
      this.#sends = deflater !== null && frame.compress !== false && frame.payload.length >= threshold;
    }
    if (!this.#sends) {
      return next(frame);
    }
    this.#outgoing ??= new OutgoingCompression(deflater as Deflater, outgoing);
    const data = this.#outgoing.deflate(frame.payload);
    return data instanceof Promise
      ? data.then((whole) => this.#pass(frame, whole, next))
      : this.#pass(frame, data, next);
  }

  #pass(frame: OutgoingFrame, deflated: Buffer, next: (frame: OutgoingFrame) => Settling): Settling {
    const starts = frame.opcode !== Opcode.Continuation;
    // The flush between fragments stays, the one at the end goes (RFC 7692 §7.2.1).
    const payload = frame.fin ? deflated.subarray(0, -FLUSH_LENGTH) : deflated;
    if (starts && frame.fin && payload.length >= frame.payload.length) {
      return next(frame); // Nothing gained: the message goes as it is, and no later one refers to it.
    }
    this.#outgoing?.sent(frame.payload, frame.fin);
    return next({ ...frame, rsv: starts ? frame.rsv | COMPRESSED : frame.rsv, payload });
  }

  close(): void {
    this.#incoming = null;
    this.#outgoing = null;
  }
}

/** A message as one frame, whatever frames it came in. */
function message(opcode: Opcode, rsv: number, data: Buffer): IncomingFrame {
  return new IncomingFrame(opcode, true, rsv, data, 0, data.length, true, true, false);
}

function described(parameters: Parameters): string {
  return parameters.length === 0
    ? 'none'
    : parameters.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join('; ');
}
