// Legacy decorators with emitted types: every form that a handler may have, in any order. This must compile.
import {
  Frame,
  listener,
  OnWebSocketClose,
  OnWebSocketConnect,
  OnWebSocketError,
  OnWebSocketFrame,
  OnWebSocketMessage,
  OnWebSocketPing,
  OnWebSocketPong,
  Session,
  WebSocket,
} from 'moorage';

class AppError extends Error {
  readonly detail = 1;
}

@WebSocket
export class Bare {
  @OnWebSocketConnect onConnect() {}
  @OnWebSocketMessage onText(text: string) {
    return text;
  }
  @OnWebSocketMessage onBinary(data: Buffer) {
    return data;
  }
  @OnWebSocketFrame onFrame(frame: Frame) {
    return frame.opcode;
  }
  @OnWebSocketPing onPing() {}
  @OnWebSocketPong onPong(payload: Buffer) {
    return payload.length;
  }
  @OnWebSocketError onError(cause: Error) {
    return cause.message;
  }
  @OnWebSocketClose onClose() {}
}

@WebSocket()
export class Called {
  @OnWebSocketConnect() onConnect(session: Session) {
    return session.id;
  }
  @OnWebSocketMessage() async onText(session: Session, text: string) {
    await session.sendText(text);
  }
  @OnWebSocketMessage() onBinary(session: Session, data: ArrayBuffer) {
    return session.sendBinary(data);
  }
  @OnWebSocketFrame() onFrame(session: Session, frame: Frame) {
    return [session, frame];
  }
  @OnWebSocketPing() onPing(session: Session, payload: Buffer) {
    return session.sendPong(payload);
  }
  @OnWebSocketPong() onPong(session: Session) {
    return session.id;
  }
  @OnWebSocketError() onError(session: Session, cause: AppError) {
    return [session, cause.detail];
  }
  @OnWebSocketClose() onClose(session: Session, statusCode: number, reason: string) {
    return [session, statusCode, reason];
  }
}

@WebSocket('/chat/{room}', { idleTimeout: 60_000 })
export class AnyOrder {
  @OnWebSocketConnect async onConnect(session: Session<'/chat/{room}'>) {
    const room: string = session.pathParameters.room;
    await session.sendText(room);
  }
  @OnWebSocketMessage async onText(text: string, session: Session<'/chat/{room}'>): Promise<string | undefined> {
    return session.isOpen ? text : undefined;
  }
  @OnWebSocketMessage onBinary(data: Uint8Array, _session: Session): ArrayBuffer | null {
    return data.length > 0 ? new ArrayBuffer(data.length) : null;
  }
  @OnWebSocketFrame onFrame(frame: Frame, _session: Session) {
    return frame.payload;
  }
  @OnWebSocketPing onPing(payload: ArrayBuffer, _session: Session) {
    return payload.byteLength;
  }
  @OnWebSocketError onError(cause: unknown, _session: Session) {
    return cause;
  }
  @OnWebSocketClose onClose(reason: string, session: Session, statusCode: number) {
    return [session, statusCode, reason];
  }
}

@WebSocket({ path: '/kinds', stateless: true, keepAlive: { interval: 10_000 }, subprotocols: ['v1'] })
export class Kinds {
  @OnWebSocketMessage('text') onText(session: Session, text: string) {
    return session.sendText(text);
  }
  @OnWebSocketMessage('uint8array') onBinary(data: Uint8Array) {
    return data;
  }
  @OnWebSocketClose onClose(reason: string, statusCode: number) {
    return [statusCode, reason];
  }
}

@WebSocket({ keepAlive: false })
export class WithConstructor extends Bare {
  constructor(readonly greeting: string) {
    super();
  }
  override onText(text: string) {
    return `${this.greeting} ${text}`;
  }
  @OnWebSocketMessage('arraybuffer') onBuffer(data: ArrayBuffer): Promise<ArrayBuffer> | ArrayBuffer {
    return data;
  }
}

export function restOfThePath(
  files: Session<'/{tenant}/files/*'>,
  suffix: Session<'*.ws'>,
  all: Session<'*'>,
  versions: Session<'^/v(?<version>[0-9]+)/(?<room>.+)$'>,
): string[] {
  const { tenant, '*': rest } = files.pathParameters;
  const version: string | undefined = versions.pathParameters.version;
  return [
    tenant,
    rest,
    suffix.pathParameters['*'],
    all.pathParameters['*'],
    version ?? '',
    versions.pathParameters.room ?? '',
  ];
}

export const listeners = [
  listener({
    greeting: 'hello',
    onWebSocketConnect(session) {
      return session.sendText('hello');
    },
    onWebSocketText: (session, text) => (session.isOpen ? text.trim() : undefined),
    async onWebSocketBinary(_session, data) {
      return data.subarray(1);
    },
    onWebSocketClose(_session, statusCode, reason) {
      process.exitCode = statusCode + reason.length;
    },
  }),
  listener(async (request) => ({ onWebSocketText: () => request.path }), { path: '/x', idleTimeout: 1_000 }),
];
