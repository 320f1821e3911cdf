import type { IncomingFrame } from '../protocol/incoming-frame.js';
import type { GatheringSink, MessageSink, Settling } from './message-sink.js';

/** A message that is handed on when it is whole. */
export class WholeSink<Message> implements MessageSink {
  readonly #gathering: GatheringSink<Message>;
  readonly #deliver: (message: Message) => Settling;

  constructor(gathering: GatheringSink<Message>, deliver: (message: Message) => Settling) {
    this.#gathering = gathering;
    this.#deliver = deliver;
  }

  append(piece: IncomingFrame): Settling {
    this.#gathering.append(piece);
    return piece.endsMessage ? this.#deliver(this.#gathering.finish()) : undefined;
  }

  abort(): undefined {
    return undefined;
  }
}
