import type { IncomingFrame } from '../incoming-frame.js';
import { checkIsObject } from '../invalid-argument.js';
import { Opcode } from '../opcode.js';
import type { OutgoingFrame } from '../outgoing-frame.js';
import {
  type AgreedExtension,
  type Extension,
  type ExtensionContext,
  ExtensionError,
  type ExtensionInstance,
  type Parameters,
  type Settling,
} from './extension.js';

export interface FragmentOptions {
  /** Bytes of payload of a frame that is sent, where the peer asks for no less; at least 1. Default 65,536. */
  maxLength?: number;
  /**
   * The least that a peer may ask for; less is declined. Every frame costs a header and work on both sides, so a peer
   * that could ask for frames of a byte could have a message made many times as large. At least 1. Default 1,024.
   */
  minLength?: number;
}

const NAME = 'fragment';
const PARAMETER = 'maxLength';
const NUMBER = /^[1-9]\d{0,15}$/;

/**
 * Sends data frames in fragments of at most so many bytes, as Jetty's extension of that name. What is received needs
 * no undoing: fragments are fragments (RFC 6455 §5.4).
 *
 * @throws RangeError for lengths that can't be.
 */
export function fragment(options: FragmentOptions = {}): Extension {
  checkIsObject('fragment(options)', options);
  const { maxLength = 64 * 1024, minLength = 1024 } = options;
  checkLength('maxLength', maxLength);
  checkLength('minLength', minLength);
  return {
    name: NAME,
    accept(offered) {
      const asked = readLength(offered);
      // An offer without a length leaves it to this side, as Jetty's does.
      return asked === undefined || asked < minLength ? null : agree(Math.min(asked, maxLength));
    },
    offers: () => [[{ name: PARAMETER, value: String(maxLength) }]],
    confirm(answered) {
      const length = readLength(answered);
      if (length === undefined || length < minLength) {
        throw new ExtensionError(
          'MOORAGE_EXTENSION_PARAMETERS',
          `The server answered "fragment" with a maxLength that is no number from ${minLength} on. Lower minLength if so short fragments are wanted.`,
        );
      }
      return agree(Math.min(length, maxLength));
    },
  };
}

/** `Infinity` when it isn't said, undefined when it can't be. */
function readLength(parameters: Parameters): number | undefined {
  if (parameters.length === 0) {
    return Infinity;
  }
  const [only] = parameters;
  const wellFormed = parameters.length === 1 && only?.name === PARAMETER && NUMBER.test(only.value ?? '');
  return wellFormed ? Number(only.value) : undefined;
}

function agree(maxLength: number): AgreedExtension {
  const value = String(maxLength);
  return {
    parameters: [{ name: PARAMETER, value }],
    shareKey: value,
    create: (context) => new Fragmenter(maxLength, context),
  };
}

class Fragmenter implements ExtensionInstance {
  readonly #maxLength: number;
  readonly #context: ExtensionContext;

  constructor(maxLength: number, context: ExtensionContext) {
    this.#maxLength = maxLength;
    this.#context = context;
  }

  receive(frame: IncomingFrame, next: (frame: IncomingFrame) => Settling): Settling {
    return next(frame);
  }

  send(frame: OutgoingFrame, next: (frame: OutgoingFrame) => Settling): Settling {
    // A bit that is claimed for continuations too belongs to its frame: the parts of it would mean something else.
    const bound = (frame.rsv & this.#context.rsv.continuation) !== 0;
    return bound || frame.payload.length <= this.#maxLength ? next(frame) : this.#split(frame, 0, next);
  }

  #split(frame: OutgoingFrame, from: number, next: (frame: OutgoingFrame) => Settling): Settling {
    const { payload } = frame;
    for (let at = from; at < payload.length; at += this.#maxLength) {
      const end = at + this.#maxLength;
      const settling = next({
        ...frame,
        opcode: at === 0 ? frame.opcode : Opcode.Continuation,
        rsv: at === 0 ? frame.rsv : 0,
        fin: frame.fin && end >= payload.length,
        payload: payload.subarray(at, end),
      });
      if (settling !== undefined && end < payload.length) {
        return settling.then(() => this.#split(frame, end, next));
      }
      if (settling !== undefined) {
        return settling;
      }
    }
    return undefined;
  }
}

function checkLength(name: string, length: number): void {
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`fragment({ ${name}: ${length} }): it takes a whole number of bytes from 1.`);
  }
}
