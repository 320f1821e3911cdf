// Schemas of real validators: a handler's parameter is held to what its schema makes of a message. Legacy decorators.
import { type as ark } from 'arktype';
import {
  type BinaryMessageDecoder,
  type Infer,
  type JsonCodec,
  json,
  OnWebSocketMessage,
  Session,
  WebSocket,
} from 'moorage';
import * as v from 'valibot';
import * as z from 'zod';
import * as mini from 'zod/mini';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function holds<_Claim extends true>(): void {}

const zodMove = z.object({ type: z.literal('move'), x: z.string().transform(Number) });
const miniMove = mini.object({ type: mini.literal('move'), x: mini.pipe(mini.string(), mini.transform(Number)) });
const valibotMove = v.object({ type: v.literal('move'), x: v.pipe(v.string(), v.transform(Number)) });
const arkMove = ark({ type: '"move"', x: 'string.numeric.parse' });
const later = v.pipeAsync(
  v.string(),
  v.transformAsync(async (text) => text.length),
);

const message = z.discriminatedUnion('type', [zodMove, z.object({ type: z.literal('say'), text: z.string() })]);

interface Move {
  type: 'move';
  x: number;
}

// What a handler is given is what the schema makes, not what it takes.
holds<Equal<Infer<typeof zodMove>, Move>>();
holds<Equal<Infer<typeof miniMove>, Move>>();
holds<Equal<Infer<typeof valibotMove>, Move>>();
holds<Equal<Infer<typeof arkMove>, Move>>();
holds<Equal<Infer<typeof later>, number>>();

export const codecs: readonly JsonCodec<Move>[] = [json(zodMove), json(miniMove), json(valibotMove), json(arkMove)];

export const decoder: BinaryMessageDecoder<Move> = {
  name: 'moves',
  from: 'binary',
  schema: arkMove,
  decode: (data) => JSON.parse(data.toString()),
};

@WebSocket({ decoders: [json(valibotMove)] })
export class Accepted {
  @OnWebSocketMessage(json(zodMove)) onZod(session: Session, move: Infer<typeof zodMove>) {
    return session.sendText(`${move.x.toFixed()}`);
  }
  @OnWebSocketMessage(json(miniMove)) onMini(move: Move) {
    return [move.type];
  }
  @OnWebSocketMessage(json(valibotMove), { when: { type: 'move' } }) onValibot(move: { readonly x: number }) {
    return [move.x];
  }
  @OnWebSocketMessage({ as: json(arkMove), when: (move: Move) => move.x > 1 }) onArk(session: Session, move: Move) {
    return session.send(move);
  }
}

@WebSocket
export class Union {
  // The kind that `when` leaves is what the method is given.
  @OnWebSocketMessage(json(message), { when: { type: 'move' } }) onMove(session: Session, move: Move) {
    return session.send(move);
  }
  @OnWebSocketMessage({ as: json(message), when: { type: 'say' } }) onSay(say: { readonly text: string }) {
    return say.text;
  }
  @OnWebSocketMessage({ as: json(message) }) onAny(session: Session, any: Infer<typeof message>) {
    return session.send(any);
  }
  @OnWebSocketMessage(json(message)) onOther(other: Infer<typeof message>) {
    return other.type;
  }
  // @ts-expect-error it is of the other kind
  @OnWebSocketMessage(json(message), { when: { type: 'say' } }) wrongKind(move: Move) {
    return move;
  }
  // @ts-expect-error there is no such kind
  @OnWebSocketMessage(json(message), { when: { type: 'mvoe' } }) noKind(move: Infer<typeof message>) {
    return move;
  }
  // @ts-expect-error without `when` it may be of either kind
  @OnWebSocketMessage(json(message)) anyKind(move: Move) {
    return move;
  }
  // @ts-expect-error nor here
  @OnWebSocketMessage({ as: json(message) }) anyKindEither(move: Move) {
    return move;
  }
}

@WebSocket
export class Refused {
  // @ts-expect-error the schema makes a number of x
  @OnWebSocketMessage(json(zodMove)) zod(move: { readonly type: 'move'; readonly x: string }) {
    return move;
  }
  // @ts-expect-error the schema makes a number of x
  @OnWebSocketMessage(json(miniMove)) zodMini(session: Session, move: { readonly x: string }) {
    return session.send(move);
  }
  // @ts-expect-error it has no y
  @OnWebSocketMessage(json(valibotMove)) valibot(move: { readonly y: number }) {
    return move;
  }
  // @ts-expect-error nor is it text
  @OnWebSocketMessage(json(arkMove)) arktype(session: Session, text: string) {
    return session.sendText(text);
  }
  // @ts-expect-error a schema doesn't say how a message is read
  @OnWebSocketMessage(zodMove) schema(move: Move) {
    return move;
  }
}
