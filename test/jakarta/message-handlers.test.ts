import { expect } from 'chai';
import { InvalidArgumentError, json, MoorageError } from 'moorage';
import {
  type CloseReason,
  Decoder,
  Endpoint,
  type EndpointConfig,
  MessageHandler,
  OnMessage,
  OnOpen,
  PongMessage,
  ServerEndpoint,
  Session,
} from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';

/** An endpoint without decorators: what it does on open is for each test to say. */
class Programmatic extends Endpoint {
  static opened: (session: Session, config: EndpointConfig) => void;
  static log: unknown[] = [];

  onOpen(session: Session, config: EndpointConfig) {
    Programmatic.opened(session, config);
  }
  override onClose(_session: Session, reason: CloseReason) {
    Programmatic.log.push(String(reason));
  }
  override onError(_session: Session, cause: Error) {
    Programmatic.log.push(cause.message);
  }
}

@ServerEndpoint('/annotated')
class Annotated {
  static failure: unknown;

  @OnOpen onOpen(session: Session) {
    session.addMessageHandler(Buffer, () => 'bytes');
    try {
      session.addMessageHandler(String, () => 'never');
    } catch (cause) {
      Annotated.failure = cause;
    }
  }
  @OnMessage onText(text: string) {
    return text;
  }
}

class Reversed extends Decoder.Text<string> {
  decode(text: string) {
    return [...text].reverse().join('');
  }
}

const EXISTS =
  'session.addMessageHandler was given a second handler of text messages: a session has one of each kind, an @OnMessage method counted. Remove the other first, or let one do both.';

describe('Message handlers that are added to a session', () => {
  let bench: TestBench;

  beforeEach(() => {
    Programmatic.log = [];
    bench = new TestBench();
    bench.container.addEndpoint('/programmatic', Programmatic);
    bench.container.addEndpoint('/ignoring', Programmatic, { unhandled: 'ignore' });
  });

  afterEach(() => bench.close());

  it('take whole messages, gathered from any number of frames', async () => {
    Programmatic.opened = (session) => {
      session.addMessageHandler(String, (text) => session.getAsyncRemote().sendText(text.toUpperCase()));
      session.addMessageHandler(Buffer, (data) => Buffer.from(data).reverse());
    };
    const peer = await bench.connect('/programmatic');
    peer.sendText('hi');
    await peer.expectText('HI');
    peer.sendFrame({ opcode: 1, payload: 'one ', fin: false });
    peer.sendFrame({ opcode: 0, payload: 'two ', fin: false });
    peer.sendFrame({ opcode: 0, payload: 'three' });
    await peer.expectText('ONE TWO THREE');
    peer.sendFrame({ opcode: 2, payload: Uint8Array.of(1), fin: false });
    peer.sendFrame({ opcode: 0, payload: Uint8Array.of(2) });
    await peer.expectBinary(Uint8Array.of(2, 1));
    await peer.close(1000, 'bye');
    expect(Programmatic.log).to.deep.equal(['CloseReason[1000, bye]']);
  });

  it('take messages in parts', async () => {
    const parts: unknown[] = [];
    class Parts extends MessageHandler.Partial<string> {
      onMessage(part: string, last: boolean) {
        parts.push([part, last]);
      }
    }
    Programmatic.opened = (session) => session.addMessageHandler(String, new Parts());
    const peer = await bench.connect('/programmatic');
    peer.sendFrame({ opcode: 1, payload: 'one', fin: false });
    peer.sendFrame({ opcode: 0, payload: 'two' });
    await peer.expectNothing();
    expect(parts).to.deep.equal([
      ['one', false],
      ['two', true],
    ]);
  });

  it('take pongs', async () => {
    Programmatic.opened = (session) =>
      session.addMessageHandler(PongMessage, (pong) => pong.getApplicationData().toString());
    const peer = await bench.connect('/programmatic');
    peer.sendPong('p');
    await peer.expectText('p');
    peer.sendText('x');
    await peer.expectClose(1003);
  });

  it('take what a decoder makes', async () => {
    Programmatic.opened = (session) => {
      class Whole extends MessageHandler.Whole<string> {
        onMessage(text: string) {
          return `got ${text}`;
        }
      }
      session.addMessageHandler(Reversed, new Whole());
    };
    const peer = await bench.connect('/programmatic');
    peer.sendText('abc');
    await peer.expectText('got cba');
  });

  it('are not given what their decoder fails on', async () => {
    Programmatic.opened = (session) => session.addMessageHandler(json(), () => 'never');
    const peer = await bench.connect('/programmatic');
    peer.sendText('{');
    await peer.expectClose(1007);
  });

  it('are one of each kind, methods counted', async () => {
    const peer = await bench.connect(Annotated, '/annotated');
    expect(Annotated.failure).to.be.instanceOf(MoorageError);
    expect(Annotated.failure).to.include({ code: 'MOORAGE_MESSAGE_HANDLER_EXISTS', message: EXISTS });
    peer.sendText('text');
    await peer.expectText('text');
    peer.sendBinary(Uint8Array.of(1));
    await peer.expectText('bytes');
  });

  it('can be removed, and are known', async () => {
    const handler = (text: string) => text;
    let session: Session | undefined;
    Programmatic.opened = (opened) => {
      session = opened;
      opened.addMessageHandler(String, handler);
    };
    const peer = await bench.connect('/programmatic');
    expect([...(session?.getMessageHandlers() ?? [])]).to.deep.equal([handler]);
    expect(() => session?.addMessageHandler(String, handler)).to.throw(MoorageError, EXISTS);
    session?.removeMessageHandler(handler);
    expect(session?.getMessageHandlers().size).to.equal(0);
    peer.sendText('nobody there');
    await peer.expectClose(1003, 'Unsupported data');
    expect(Programmatic.log).to.deep.equal(['CloseReason[1003, Unsupported data]']);
  });

  it('are not there for the rest of a message that began without them', async () => {
    let session: Session | undefined;
    Programmatic.opened = (opened) => {
      session = opened;
    };
    const peer = await bench.connect('/ignoring');
    peer.sendFrame({ opcode: 1, payload: 'un', fin: false });
    await peer.expectNothing();
    session?.addMessageHandler(String, (text: string) => text);
    peer.sendFrame({ opcode: 0, payload: 'heard' });
    peer.sendText('heard');
    await peer.expectText('heard');
  });

  const refused = [
    [
      'no handler',
      String,
      {},
      'session.addMessageHandler(type, handler) was given an object as the handler. It takes a function, or an object with onMessage.',
    ],
    [
      'another type',
      Date,
      () => undefined,
      'session.addMessageHandler(type, handler) was given the function Date as the type. It takes String, Buffer, PongMessage or a decoder of whole messages; for parts String or Buffer.',
    ],
  ] as const;
  for (const [what, type, handler, text] of refused) {
    it(`can't be ${what}`, async () => {
      let failure: unknown;
      Programmatic.opened = (session) => {
        try {
          session.addMessageHandler(type as never, handler as never);
        } catch (cause) {
          failure = cause;
        }
      };
      await bench.connect('/programmatic');
      expect(failure).to.be.instanceOf(InvalidArgumentError);
      expect(failure).to.include({ message: text });
    });
  }
});
