import { type DecodingLane, decodingInvoker } from '../endpoint/decoding.js';
import { described } from '../endpoint/described.js';
import type { Instance } from '../endpoint/dispatch-table.js';
import type { Session as NativeSession } from '../endpoint/session.js';
import { readsStreams } from '../messages/codec.js';
import { MoorageError } from '../protocol/errors.js';
import { InvalidArgumentError } from '../protocol/invalid-argument.js';
import { readDecoder } from './codec.js';
import { type AnyMessageHandler, type Call, callOf, takesParts } from './message-handler.js';
import { PongMessage } from './pong-message.js';

/** What a session can have one added handler for each. */
export type AddedKind = 'text' | 'binary' | 'pong';

interface Added {
  readonly handler: AnyMessageHandler;
  readonly kind: AddedKind;
  /** Called with whole messages, or with parts and whether each is the last. */
  readonly call: Call;
  readonly parts: boolean;
}

/** A message that is arriving. Who takes it was settled when it began; null when nobody did. */
interface Arriving {
  readonly added: Added | null;
  readonly pieces: (string | Buffer)[];
}

/** The message handlers that were added to one session. */
export class AddedHandlers {
  readonly #session: NativeSession;
  readonly #taken: (kind: AddedKind) => boolean;
  readonly #added = new Map<AddedKind, Added>();
  readonly #arriving = new Map<AddedKind, Arriving>();

  /** @param taken tells of the kinds that methods of the endpoint take. */
  constructor(session: NativeSession, taken: (kind: AddedKind) => boolean) {
    this.#session = session;
    this.#taken = taken;
  }

  add(type: unknown, handler: AnyMessageHandler): void {
    const added = this.#read(type, handler);
    const { kind } = added;
    if (this.#added.has(kind) || this.#taken(kind)) {
      throw new MoorageError(
        'MOORAGE_MESSAGE_HANDLER_EXISTS',
        `session.addMessageHandler was given a second handler of ${kind === 'pong' ? 'pongs' : `${kind} messages`}: a session has one of each kind, an @OnMessage method counted. Remove the other first, or let one do both.`,
      );
    }
    this.#added.set(kind, added);
  }

  remove(handler: AnyMessageHandler): void {
    for (const [kind, added] of this.#added) {
      if (added.handler === handler) {
        this.#added.delete(kind);
      }
    }
  }

  get all(): ReadonlySet<AnyMessageHandler> {
    return new Set([...this.#added.values()].map(({ handler }) => handler));
  }

  /**
   * Takes a message, or a part of it.
   *
   * @param unhandled is called where nobody takes a message that begins.
   */
  take(kind: AddedKind, piece: unknown, last: boolean, unhandled: () => void): unknown {
    let arriving = this.#arriving.get(kind);
    if (arriving === undefined) {
      const added = this.#added.get(kind) ?? null;
      if (added === null) {
        unhandled();
      } else if (last) {
        return added.call(piece, true);
      }
      arriving = { added, pieces: [] };
    }
    const { added, pieces } = arriving;
    if (last) {
      this.#arriving.delete(kind);
    } else {
      this.#arriving.set(kind, arriving);
    }
    if (added === null) {
      return undefined;
    }
    if (added.parts) {
      return added.call(piece, last);
    }
    // A part of a binary message is a view of what was received, and this one must outlive it.
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece as Buffer));
    return last ? added.call(joined(pieces), true) : undefined;
  }

  #read(type: unknown, handler: AnyMessageHandler): Added {
    const call = callOf(handler);
    if (call === undefined) {
      throw new InvalidArgumentError(
        `session.addMessageHandler(type, handler) was given ${described(handler)} as the handler. It takes a function, or an object with onMessage.`,
      );
    }
    const parts = takesParts(handler);
    if (type === PongMessage && !parts) {
      return { handler, kind: 'pong', call: (data) => call(new PongMessage(data as Buffer), true), parts };
    }
    if (type === String || type === Buffer) {
      return { handler, kind: type === String ? 'text' : 'binary', call, parts };
    }
    return { handler, ...this.#decoding(type, call, parts), parts };
  }

  #decoding(type: unknown, call: Call, parts: boolean): Pick<Added, 'kind' | 'call'> {
    const read = readDecoder(type);
    if (typeof read === 'string' || readsStreams(read.codec) || parts) {
      throw new InvalidArgumentError(
        `session.addMessageHandler(type, handler) was given ${described(type)} as the type${parts ? ' for a handler of parts' : ''}. It takes String, Buffer, PongMessage or a decoder of whole messages; for parts String or Buffer.`,
      );
    }
    const { codec } = read;
    const lane: DecodingLane = {
      decoder: codec,
      routes: [{ invoke: (_i, _s, value) => call(value, true), schema: codec.schema, when: undefined }],
    };
    const decode = decodingInvoker([lane], null);
    return { kind: codec.from as 'text' | 'binary', call: (data) => decode(NOBODY, this.#session, data) };
  }
}

/** Added handlers are methods of no endpoint. */
const NOBODY: Instance = Object.freeze({}) as Instance;

function joined(pieces: readonly (string | Buffer)[]): string | Buffer {
  return typeof pieces[0] === 'string' ? pieces.join('') : Buffer.concat(pieces as Buffer[]);
}
