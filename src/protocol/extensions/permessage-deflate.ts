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
import type { Direction } from './compression.js';
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
import {
  LARGEST_WINDOW_BITS,
  type PerMessageDeflateParameters,
  readPerMessageDeflate,
  writePerMessageDeflate,
} from './permessage-deflate-parameters.js';

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
  return perMessageDeflateBy(sharedCodecs(), options);
}

/** The same by other codecs than those of the process. */
export function perMessageDeflateBy(codecs: Codecs, options: DeflateOptions): Extension {
  const checked = checkDeflateOptions(options);
  return {
    name: 'permessage-deflate',
    rsv: { first: COMPRESSED, continuation: 0 },
    accept(offered) {
      const offer = readPerMessageDeflate(offered);
      const answer = offer && answerTo(offer, checked);
      return answer === undefined
        ? null
        : agreedByServer(answer, offer as PerMessageDeflateParameters, checked, codecs);
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
      return agreedByClient(answer, checked, codecs);
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
  codecs: Codecs,
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
    codecs,
  );
}

function agreedByClient(
  answer: PerMessageDeflateParameters,
  options: CheckedDeflateOptions,
  codecs: Codecs,
): AgreedExtension {
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
    codecs,
  );
}

function agree(
  parameters: Parameters,
  outgoing: Direction,
  incoming: Direction,
  options: CheckedDeflateOptions,
  codecs: Codecs,
): AgreedExtension {
  const reachBits = outgoing.contextTakeover ? options.windowBits : BITS_WITHIN_MESSAGE;
  return agreeOnCompression(
    { codecs, options, parameters, outgoing, reachBits, incoming },
    (agreement, context) => new PerMessageDeflate(agreement, context),
  );
}

/** One connection's permessage-deflate. */
class PerMessageDeflate extends CompressingInstance implements ExtensionInstance {
  readonly #context: ExtensionContext;
  /** Whether the message that is being sent goes compressed. */
  #sends = false;
  /** Opcode and other bits of the compressed message that is coming in; no opcode of a message is 0. */
  #opcode: Opcode = Opcode.Continuation;
  #rsv = 0;

  constructor(agreement: CompressionAgreement, context: ExtensionContext) {
    super(agreement);
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
    const ends = frame.endsMessage;
    if (ends) {
      this.#opcode = Opcode.Continuation;
    }
    const limit = messageLimit(opcode, this.#context.limits);
    return this.#context.wantsPieces(opcode as MessageOpcode)
      ? this.#receivePieces(frame, opcode, ends, limit, next)
      : this.#receiveWhole(frame, opcode, ends, limit, next);
  }

  #receiveWhole(
    frame: IncomingFrame,
    opcode: Opcode,
    ends: boolean,
    limit: number,
    next: (frame: IncomingFrame) => Settling,
  ): Settling {
    const rsv = this.#rsv;
    const data = this.incoming.receive(frame, ends, limit);
    if (data === undefined) {
      return undefined;
    }
    return data instanceof Promise
      ? data.then((whole) => next(piece(opcode, rsv, whole, true, true)))
      : next(piece(opcode, rsv, data, true, true));
  }

  #receivePieces(
    frame: IncomingFrame,
    opcode: Opcode,
    ends: boolean,
    limit: number,
    next: (frame: IncomingFrame) => Settling,
  ): Settling {
    const rsv = this.#rsv;
    const take: PieceTaker = (data, first, last) => next(piece(opcode, rsv, data, first, last));
    const data = this.incoming.receivePieces(frame, ends, limit, take);
    return data instanceof Promise ? data : take(data, true, true);
  }

  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling {
    const starts = frame.opcode !== Opcode.Continuation;
    if (starts) {
      this.#sends = frame.compress !== false && this.isWorthIt(frame);
    }
    return this.#sends ? this.compress(frame, starts, frame.fin, next) : next(frame);
  }
}

/** A message, or a piece of it, as one frame, whatever frames it came in. */
function piece(opcode: Opcode, rsv: number, data: Buffer, starts: boolean, ends: boolean): IncomingFrame {
  return new IncomingFrame(opcode, true, rsv, data, 0, data.length, starts, ends, false);
}

function described(parameters: Parameters): string {
  return parameters.length === 0
    ? 'none'
    : parameters.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join('; ');
}
