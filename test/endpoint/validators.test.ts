import { expect } from 'chai';
import { DecodeError, json, OnWebSocketError, OnWebSocketMessage, type StandardSchema, WebSocket } from 'moorage';
import { connect } from './connect.js';
import { frame } from './fake-channel.js';
import { asynchronous, envelopes, type Order, orders } from './validators.js';

/** The names of the fields that issues are about. */
function fields(error: unknown): unknown[] {
  return (error as DecodeError).issues.map(({ path }) =>
    path?.map((step) => (typeof step === 'object' ? step.key : step)),
  );
}

async function failureOf(handling: () => void | Promise<void>): Promise<unknown> {
  try {
    await handling();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}

describe('Schemas of validators as decoders', () => {
  for (const [library, schema] of Object.entries<StandardSchema<unknown, Order>>(orders)) {
    describe(library, () => {
      @WebSocket
      class Orders {
        readonly log: unknown[] = [];
        @OnWebSocketMessage(json(schema)) onOrder(order: Order) {
          this.log.push(order);
          return { accepted: order.pieces };
        }
        @OnWebSocketError onError(cause: Error) {
          this.log.push(cause);
        }
      }

      it('gives what the schema makes of a message', async () => {
        const { instance, handler, channel } = connect(Orders);
        await handler.onData(frame('Text', '{"article":" bolt ","pieces":"12"}'));
        expect(instance.log).to.deep.equal([{ article: 'bolt', pieces: 12 }]);
        expect(channel.asked).to.deep.equal([['text', '{"accepted":12}']]);
      });

      it('refuses what does not fit, and says where and why', async () => {
        const { instance, handler } = connect(Orders);
        const error = await failureOf(() => handler.onData(frame('Text', '{"article":"bolt","pieces":"-1"}')));
        expect(error)
          .to.be.instanceOf(DecodeError)
          .that.includes({ code: 'MOORAGE_INVALID_MESSAGE', closeCode: 1007, codec: 'json' });
        expect(fields(error)).to.deep.equal([['pieces']]);
        expect((error as DecodeError).message)
          .to.include('pieces: ')
          .and.include('"{\\"article\\"');
        expect(instance.log).to.deep.equal([]);
      });

      it('names all the fields that are wrong', async () => {
        const { handler } = connect(Orders);
        const error = await failureOf(() => handler.onData(frame('Text', '{"article":5,"pieces":[]}')));
        expect(fields(error)).to.have.deep.members([['article'], ['pieces']]);
        expect((error as DecodeError).message).to.match(/article: .+; pieces: .+|pieces: .+; article: .+/);
      });

      it('tells the error handler, and stays open where the endpoint says so', async () => {
        const { instance, handler } = connect(Orders, { onDecodeError: 'ignore' });
        await handler.onData(frame('Text', '{"article":"bolt"}'));
        await handler.onData(frame('Text', 'null'));
        await handler.onData(frame('Text', '{"article":"bolt","pieces":"1"}'));
        const [missing, nothing, order] = instance.log;
        expect(missing).to.include({ code: 'MOORAGE_INVALID_MESSAGE' });
        expect(fields(missing)).to.deep.equal([['pieces']]);
        expect(nothing).to.include({ code: 'MOORAGE_INVALID_MESSAGE' });
        expect(order).to.deep.equal({ article: 'bolt', pieces: 1 });
      });

      it('is the decoder of an endpoint whose handlers name none', async () => {
        @WebSocket({ decoders: [json(schema)] })
        class ByOption {
          readonly log: unknown[] = [];
          @OnWebSocketMessage('decoded') onOrder(order: Order) {
            this.log.push(order);
          }
        }
        const { instance, handler } = connect(ByOption);
        await handler.onData(frame('Text', '{"article":"nut","pieces":"3"}'));
        expect(instance.log).to.deep.equal([{ article: 'nut', pieces: 3 }]);
        expect(await failureOf(() => handler.onData(frame('Text', '{}')))).to.be.instanceOf(DecodeError);
      });
    });
  }

  for (const [library, schema] of Object.entries<StandardSchema>(envelopes)) {
    it(`holds each kind of an envelope to its part of a union: ${library}`, async () => {
      @WebSocket
      class Game {
        readonly log: unknown[] = [];
        @OnWebSocketMessage(json(schema), { when: { type: 'move' } }) onMove(move: unknown) {
          this.log.push(['move', move]);
        }
        @OnWebSocketMessage(json(schema), { when: { type: 'say' } }) onSay(say: unknown) {
          this.log.push(['say', say]);
        }
      }
      const { instance, handler } = connect(Game);
      await handler.onData(frame('Text', '{"type":"move","x":1}'));
      await handler.onData(frame('Text', '{"type":"say","text":"hi"}'));
      expect(instance.log).to.deep.equal([
        ['move', { type: 'move', x: 1 }],
        ['say', { type: 'say', text: 'hi' }],
      ]);
      const error = await failureOf(() => handler.onData(frame('Text', '{"type":"move","text":"hi"}')));
      expect(error).to.include({ code: 'MOORAGE_INVALID_MESSAGE' });
      expect(fields(error)).to.deep.equal([['x']]);
    });
  }

  for (const [library, schema] of Object.entries<StandardSchema<unknown, { readonly article: string }>>(asynchronous)) {
    it(`may answer later: ${library}`, async () => {
      @WebSocket
      class Stock {
        @OnWebSocketMessage(json(schema)) onArticle({ article }: { readonly article: string }) {
          return `${article} is there`;
        }
      }
      const { handler, channel } = connect(Stock);
      await handler.onData(frame('Text', '{"article":"bolt"}'));
      expect(channel.asked).to.deep.equal([['text', 'bolt is there']]);
      const error = await failureOf(() => handler.onData(frame('Text', '{"article":"gone"}')));
      expect((error as DecodeError).issues[0]?.message).to.equal('There is none left');
      expect(fields(error)).to.deep.equal([['article']]);
    });
  }
});
