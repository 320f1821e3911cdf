// Legacy decorators: what the compiler must refuse. Each expected error stands where the compiler reports it.
import { Readable } from 'node:stream';
import {
  Frame,
  json,
  listener,
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

// @ts-expect-error an unknown option
@WebSocket({ path: '/x', idelTimeout: 5 })
export class UnknownOption {}

// @ts-expect-error an option of the wrong type
@WebSocket({ idleTimeout: '5' })
export class WrongOption {}

// @ts-expect-error a path is a string
@WebSocket(5)
export class WrongPath {}

// @ts-expect-error an abstract class can't be constructed
@WebSocket
export abstract class Abstract {}

// @ts-expect-error nor with options
@WebSocket('/x')
export abstract class AbstractWithPath {}

@WebSocket
export class Signatures {
  // @ts-expect-error connect has no values
  @OnWebSocketConnect connect(text: string) {
    return text;
  }
  // @ts-expect-error one session is enough
  @OnWebSocketConnect twoSessions(one: Session, two: Session) {
    return [one, two];
  }
  // @ts-expect-error a message handler takes its message
  @OnWebSocketMessage noMessage() {}
  // @ts-expect-error the session alone is not the message
  @OnWebSocketMessage sessionOnly(session: Session) {
    return session.id;
  }
  // @ts-expect-error messages are no numbers
  @OnWebSocketMessage number(value: number) {
    return String(value);
  }
  // @ts-expect-error a third argument
  @OnWebSocketMessage third(session: Session, text: string, more: number) {
    return session.sendText(text + more);
  }
  // @ts-expect-error an optional third argument is never given either
  @OnWebSocketMessage optional(text: string, more?: number) {
    return text + more;
  }
  // @ts-expect-error text or bytes
  @OnWebSocketMessage both(text: string, data: Buffer) {
    return text + data.length;
  }
  // @ts-expect-error a number is no reply
  @OnWebSocketMessage reply(text: string) {
    return text.length;
  }
  // @ts-expect-error nor in a promise
  @OnWebSocketMessage async replyLater(text: string) {
    return text.length;
  }
  // @ts-expect-error also when called
  @OnWebSocketMessage() called(value: boolean) {
    return String(value);
  }
  // @ts-expect-error there is no such kind
  @OnWebSocketMessage('json') kind(text: string) {
    return text;
  }
  // @ts-expect-error text is no Buffer
  @OnWebSocketMessage('text') textAsBytes(data: Buffer) {
    return data;
  }
  // @ts-expect-error with the kind written out the session comes first
  @OnWebSocketMessage('text') textFirst(text: string, session: Session) {
    return session.sendText(text);
  }
  // @ts-expect-error an ArrayBuffer is asked for with 'arraybuffer'
  @OnWebSocketMessage('uint8array') wrongForm(data: ArrayBuffer) {
    return data;
  }
  // @ts-expect-error a frame handler takes the frame
  @OnWebSocketFrame frame(data: Buffer) {
    return data;
  }
  // @ts-expect-error once
  @OnWebSocketFrame frames(one: Frame, two: Frame) {
    return [one, two];
  }
  // @ts-expect-error a ping's payload is bytes
  @OnWebSocketPing ping(payload: string) {
    return payload;
  }
  // @ts-expect-error a pong's as well
  @OnWebSocketPong() pong(payload: number) {
    return payload;
  }
  // @ts-expect-error an error handler takes the error
  @OnWebSocketError error(session: Session) {
    return session.id;
  }
  // @ts-expect-error which is no string
  @OnWebSocketError message(cause: string) {
    return cause;
  }
  // @ts-expect-error one code is enough
  @OnWebSocketClose close(code: number, other: number) {
    return code + other;
  }
  // @ts-expect-error static
  @OnWebSocketConnect static onConnect() {}
  // @ts-expect-error a field
  @OnWebSocketClose onClose = () => {};
}

export function pathParameters(session: Session<'/chat/{room}/{member}'>, any: Session): string | undefined {
  // @ts-expect-error not in the path
  const none = session.pathParameters.rooms;
  // @ts-expect-error read-only
  session.pathParameters.room = 'red';
  // @ts-expect-error read-only
  any.isOpen = false;
  return session.pathParameters.member + any.pathParameters['room'] + none;
}

export function restOfThePath(template: Session<'/chat/{room}'>, versions: Session<'^/v(?<version>[0-9]+)$'>): string {
  // @ts-expect-error no glob in the path
  const rest = template.pathParameters['*'];
  // @ts-expect-error a group may not have taken part in the match
  return rest + versions.pathParameters.version.length;
}

// @ts-expect-error a slip in a name
listener({ onWebSocketText() {}, onWebSocketPingg() {} });

// @ts-expect-error the text is a string
listener({ onWebSocketText(_session: Session, text: number) {} });

// @ts-expect-error a number can't be sent
listener({ onWebSocketText: () => 5 });

// @ts-expect-error a listener is one for all connections, or a function makes one for each
listener({ onWebSocketText() {} }, { stateless: false });

declare const moveSchema: StandardSchema<unknown, Move>;

// @ts-expect-error a part has its flag, which is a boolean
listener({ onWebSocketPartialText(_session: Session, _part: string, _last: number) {} });

// @ts-expect-error a Readable is no ReadableStream
listener({ onWebSocketBinaryWebStream(_session: Session, _stream: Readable) {} });

// @ts-expect-error the schema makes a Move
listener({ onWebSocketDecoded(_session: Session, _text: string) {} }, { decoders: [json(moveSchema)] });

// @ts-expect-error which has no y
listener({ onWebSocketDecoded(_session: Session, _move: Move & { y: 1 }) {} }, { decoders: [json(moveSchema)] });

// @ts-expect-error nor a y here
listener({ onWebSocketDecoded: (_session, move) => move.y }, { decoders: [json(moveSchema)] });

// @ts-expect-error what nobody has checked is unknown
listener({ onWebSocketDecoded: (_session, move) => move.x });

// @ts-expect-error a schema is no decoder
listener({ onWebSocketDecoded() {} }, { decoders: [moveSchema] });

interface Move {
  readonly type: 'move';
  readonly x: number;
}

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

@WebSocket
export class TypedForms {
  // @ts-expect-error a flag alone is no message
  @OnWebSocketMessage flag(last: boolean) {
    return [last];
  }
  // @ts-expect-error a stream has no flag
  @OnWebSocketMessage streamAndFlag(stream: Readable, last: boolean) {
    return [stream, last];
  }
  // @ts-expect-error streams of objects are not received
  @OnWebSocketMessage objects(stream: ReadableStream<{ readonly id: number }>) {
    return stream;
  }
}

// @ts-expect-error a decoder says what it decodes
@WebSocket({ decoders: [{ name: 'x', decode: () => 1 }] })
export class WrongDecoder {}

// @ts-expect-error an encoder says what it takes
@WebSocket({ encoders: [{ name: 'x', encode: () => '' }] })
export class WrongEncoder {}
