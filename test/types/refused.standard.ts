// Standard decorators: what the compiler must refuse, the other orders among it, since no types are left at run time.
import type { Readable } from 'node:stream';
import {
  Frame,
  json,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  type StandardSchema,
  WebSocket,
} from 'moorage';

class AppError extends Error {
  readonly detail = 1;
}

// @ts-expect-error an unknown option
@WebSocket({ path: '/x', idelTimeout: 5 })
export class UnknownOption {}

// @ts-expect-error an abstract class can't be constructed
@WebSocket
export abstract class Abstract {}

// @ts-expect-error nor with options
@WebSocket('/x')
export abstract class AbstractWithPath {}

@WebSocket
export class Signatures {
  // @ts-expect-error the kind must be written out
  @OnWebSocketMessage bare(text: string) {
    return text;
  }
  // @ts-expect-error also when called
  @OnWebSocketMessage() called(text: string) {
    return text;
  }
  // @ts-expect-error there is no such kind
  @OnWebSocketMessage('json') kind(text: string) {
    return text;
  }
  // @ts-expect-error the session comes first
  @OnWebSocketMessage('text') textFirst(text: string, session: Session) {
    return session.sendText(text);
  }
  // @ts-expect-error a message handler takes its message
  @OnWebSocketMessage('text') noMessage() {}
  // @ts-expect-error the session alone is not the message
  @OnWebSocketMessage('text') sessionOnly(session: Session) {
    return session.id;
  }
  // @ts-expect-error an optional argument is never given
  @OnWebSocketMessage('text') optional(text: string, more?: number) {
    return text + more;
  }
  // @ts-expect-error nor are more
  @OnWebSocketMessage('text') rest(text: string, ...more: string[]) {
    return text + more;
  }
  // @ts-expect-error binary is a Buffer
  @OnWebSocketMessage('binary') wrongForm(data: ArrayBuffer) {
    return data;
  }
  // @ts-expect-error a number is no reply
  @OnWebSocketMessage('text') reply(text: string) {
    return text.length;
  }
  // @ts-expect-error connect has no values
  @OnWebSocketConnect connect(text: string) {
    return text;
  }
  // @ts-expect-error the session comes first
  @OnWebSocketFrame frame(frame: Frame, session: Session) {
    return [frame, session];
  }
  // @ts-expect-error a ping's payload is given as a Buffer
  @OnWebSocketPing ping(payload: ArrayBuffer) {
    return payload;
  }
  // @ts-expect-error the session alone can't be told from the payload
  @OnWebSocketPong pong(session: Session) {
    return session.id;
  }
  // @ts-expect-error which subclass is wanted can't be told
  @OnWebSocketError error(cause: AppError) {
    return cause.detail;
  }
  // @ts-expect-error all of the values or none
  @OnWebSocketClose code(code: number) {
    return code;
  }
  // @ts-expect-error all of the values or none
  @OnWebSocketClose session(session: Session) {
    return session.id;
  }
  // @ts-expect-error in Jetty's order
  @OnWebSocketClose reason(reason: string, code: number) {
    return reason + code;
  }
  // @ts-expect-error static
  @OnWebSocketConnect static onConnect() {}
  // @ts-expect-error private
  @OnWebSocketConnect #secret() {}
  // @ts-expect-error a field
  @OnWebSocketClose onClose = () => {};

  use() {
    return this.#secret();
  }
}

interface Move {
  readonly type: 'move';
  readonly x: number;
}

declare const moveSchema: StandardSchema<unknown, Move>;

@WebSocket
export class Forms {
  // @ts-expect-error a part has its flag
  @OnWebSocketMessage('text-partial') noFlag(session: Session, part: string) {
    return session.sendText(part);
  }
  // @ts-expect-error which is a boolean
  @OnWebSocketMessage('binary-partial') wrongFlag(part: Buffer, last: number) {
    return [part, last];
  }
  // @ts-expect-error a Readable is not a ReadableStream
  @OnWebSocketMessage('binary-web-stream') wrongStream(stream: Readable) {
    return stream;
  }
  // @ts-expect-error text comes in strings
  @OnWebSocketMessage('text-iterable') wrongChunks(chunks: AsyncIterable<Buffer>) {
    return chunks;
  }
  // @ts-expect-error the schema makes a Move
  @OnWebSocketMessage(json(moveSchema)) wrongMessage(session: Session, text: string) {
    return session.sendText(text);
  }
  // @ts-expect-error what nobody has checked is unknown
  @OnWebSocketMessage(json()) unchecked(move: Move) {
    return move;
  }
  // @ts-expect-error the session comes first
  @OnWebSocketMessage(json(moveSchema)) sessionLast(move: Move, session: Session) {
    return [move, session];
  }
  // @ts-expect-error a Move's type is never that
  @OnWebSocketMessage(json(moveSchema), { when: { type: 'mvoe' } }) wrongValue(move: Move) {
    return move;
  }
  // @ts-expect-error nor has it such a field
  @OnWebSocketMessage({ when: { kind: 'move' } }) wrongField(move: Move) {
    return move;
  }
  // @ts-expect-error text has no fields
  @OnWebSocketMessage({ as: 'text', when: { type: 'move' } }) routedText(text: string) {
    return text;
  }
  // @ts-expect-error there is no such option
  @OnWebSocketMessage(json(moveSchema), { wen: { type: 'move' } }) wrongOption(move: Move) {
    return move;
  }
  // @ts-expect-error a number is no reply
  @OnWebSocketMessage(json(moveSchema)) reply(move: Move) {
    return move.x;
  }
  // @ts-expect-error json() takes schemas
  @OnWebSocketMessage(json({})) noSchema(message: unknown) {
    return { message };
  }
}
