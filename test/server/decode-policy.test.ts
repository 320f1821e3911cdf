import { expect } from 'chai';
import { CloseCode, DecodeError, json, OnWebSocketError, OnWebSocketMessage, Session, WebSocket } from 'moorage';
import { TestBench } from 'moorage/testing';

abstract class Objects {
  @OnWebSocketMessage(json())
  onMessage(message: unknown) {
    return { message };
  }
}

@WebSocket('/close')
class Closing extends Objects {}

@WebSocket('/choose')
class Choosing extends Objects {
  @OnWebSocketError
  onError(session: Session, cause: Error) {
    if (cause instanceof DecodeError) session.close(CloseCode.UnsupportedData, 'JSON, please');
  }
}

@WebSocket({ path: '/ignore', onDecodeError: 'ignore' })
class Ignoring extends Objects {}

@WebSocket({ path: '/lenient', onDecodeError: 'ignore' })
class Lenient extends Objects {
  #mistakes = 0;

  @OnWebSocketError
  async onError(session: Session, cause: Error) {
    if (++this.#mistakes === 2) return session.close(4000, 'Enough');
    await session.send({ refused: (cause as DecodeError).code });
  }
}

describe('A message that can’t be decoded', () => {
  let bench: TestBench;

  beforeEach(() => {
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  it('ends the connection with 1007', async () => {
    const peer = await bench.connect(Closing);
    peer.sendText('{');
    await peer.expectClose(1007, 'Invalid payload data');
  });

  it('ends it with the code that the error handler closes it with', async () => {
    const peer = await bench.connect(Choosing);
    peer.sendText('{');
    await peer.expectClose(1003, 'JSON, please');
  });

  it('leaves it open where it is to be ignored, and is reported', async () => {
    const peer = await bench.connect(Ignoring);
    peer.sendText('{');
    peer.sendText('1');
    await peer.expectJson({ message: 1 });
    const reported = bench.events.filter(({ type }) => type === 'error');
    expect(reported).to.have.length(1);
    expect(reported[0]).to.have.nested.property('cause.code', 'MOORAGE_DECODE_FAILED');
  });

  it('leaves it open as long as the error handler likes', async () => {
    const peer = await bench.connect(Lenient);
    peer.sendText('{');
    await peer.expectJson({ refused: 'MOORAGE_DECODE_FAILED' });
    peer.sendText('1');
    await peer.expectJson({ message: 1 });
    peer.sendText('{');
    await peer.expectClose(4000, 'Enough');
  });
});
