import { expect } from 'chai';
import { InvalidArgumentError, type Session as NativeSession } from 'moorage';
import { CloseCodes, CloseReason, OnMessage, OnOpen, PathParam, ServerEndpoint, Session } from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';

@ServerEndpoint({ value: '/chat/{room}', subprotocols: ['chat.2'] })
class Chat {
  session!: Session;
  native!: NativeSession;

  @OnOpen onOpen(session: Session) {
    this.session = session;
    this.native = session.unwrap();
    instances.push(this);
  }

  @OnMessage
  async onText(session: Session, text: string, @PathParam('room') room: string) {
    for (const other of session.getOpenSessions()) {
      await other.getBasicRemote().sendText(`${room}: ${text}`);
    }
  }
}

const instances: Chat[] = [];

describe("Jakarta's session", () => {
  let bench: TestBench;

  beforeEach(() => {
    instances.length = 0;
    bench = new TestBench({ authorize: () => ({ user: 'Ann' }) });
  });

  afterEach(() => bench.close());

  it('says who is there and what was agreed', async () => {
    await bench.connect(Chat, '/chat/a%20b?x=1&y=2&x=3', { subprotocols: ['chat.2'] });
    const [{ session, native }] = instances as [Chat];
    expect(session.getId()).to.equal(native.id);
    expect(session.isOpen()).to.equal(true);
    expect(session.isSecure()).to.equal(false);
    expect(session.getProtocolVersion()).to.equal('13');
    expect(session.getNegotiatedSubprotocol()).to.equal('chat.2');
    expect(session.getNegotiatedExtensions()).to.deep.equal([]);
    expect(session.getRequestURI().pathname).to.equal('/chat/a%20b');
    expect(session.getRequestURI().protocol).to.equal('ws:');
    expect(session.getQueryString()).to.equal('x=1&y=2&x=3');
    expect([...session.getRequestParameterMap()]).to.deep.equal([
      ['x', ['1', '3']],
      ['y', ['2']],
    ]);
    expect([...session.getPathParameters()]).to.deep.equal([['room', 'a b']]);
    expect(session.getUserPrincipal()).to.deep.equal({ user: 'Ann' });
    session.getUserProperties().set('seen', true);
    expect(native.userProperties.get('seen')).to.equal(true);
  });

  it('has no subprotocol where none was agreed on', async () => {
    await bench.connect(Chat, '/chat/blue');
    expect(instances[0]?.session.getNegotiatedSubprotocol()).to.equal('');
  });

  it('is one and the same at every event, and among the open ones of its endpoint', async () => {
    const ann = await bench.connect(Chat, '/chat/blue');
    const bob = await bench.connect(Chat, '/chat/red');
    const [first, second] = instances as [Chat, Chat];
    expect([...first.session.getOpenSessions()]).to.have.members([first.session, second.session]);
    ann.sendText('hi');
    await ann.expectText('blue: hi');
    await bob.expectText('blue: hi');
    await bob.close();
    expect([...first.session.getOpenSessions()]).to.deep.equal([first.session]);
  });

  it('has limits and an idle timeout that can be set', async () => {
    await bench.connect(Chat, '/chat/blue');
    const [{ session, native }] = instances as [Chat];
    session.setMaxTextMessageBufferSize(10);
    session.setMaxBinaryMessageBufferSize(20);
    session.setMaxIdleTimeout(30);
    expect([native.maxTextMessageSize, native.maxBinaryMessageSize, native.idleTimeout]).to.deep.equal([10, 20, 30]);
    expect(session.getMaxTextMessageBufferSize()).to.equal(10);
    expect(session.getMaxBinaryMessageBufferSize()).to.equal(20);
    expect(session.getMaxIdleTimeout()).to.equal(30);
    session.setMaxIdleTimeout(-1);
    expect(session.getMaxIdleTimeout()).to.equal(0);
    expect(() => session.setMaxTextMessageBufferSize(0)).to.throw(RangeError);
  });

  it('closes for a reason', async () => {
    const peer = await bench.connect(Chat, '/chat/blue');
    const [{ session }] = instances as [Chat];
    expect(() => session.close(4000 as never)).to.throw(
      InvalidArgumentError,
      'session.close(reason) takes a CloseReason, and was given 4000. Write session.close(new CloseReason(code, phrase)).',
    );
    expect(() => session.close(new CloseReason(CloseCodes.CLOSED_ABNORMALLY))).to.throw(RangeError, '1006');
    expect(session.isOpen()).to.equal(true);
    session.close(new CloseReason(4000, 'mine'));
    expect(session.isOpen()).to.equal(false);
    await peer.expectClose(4000, 'mine');
  });

  it('closes with 1000 without one', async () => {
    const peer = await bench.connect(Chat, '/chat/blue');
    instances[0]?.session.close();
    await peer.expectClose(1000);
  });

  describe('remotes', () => {
    it('send whole messages', async () => {
      const peer = await bench.connect(Chat, '/chat/blue');
      const remote = instances[0]?.session.getAsyncRemote();
      await remote?.sendText('text');
      await remote?.sendBinary(Uint8Array.of(1));
      await remote?.sendObject(7n);
      await remote?.sendPing(Buffer.from('i'));
      await remote?.sendPong(Buffer.from('o'));
      await peer.expectText('text');
      await peer.expectBinary(Uint8Array.of(1));
      await peer.expectText('7');
      await peer.expectPing('i');
      await peer.expectPong('o');
    });

    it('send in parts and as streams', async () => {
      const peer = await bench.connect(Chat, '/chat/blue');
      const remote = instances[0]?.session.getBasicRemote();
      await remote?.sendText('one ', false);
      await remote?.sendText('two', true);
      await remote?.sendBinary(Uint8Array.of(1), false);
      await remote?.sendBinary(Uint8Array.of(2), true);
      remote?.getSendWriter().end('written');
      await peer.expectText('one two');
      await peer.expectBinary(Uint8Array.of(1, 2));
      await peer.expectText('written');
      remote?.getSendStream().end(Uint8Array.of(3));
      await peer.expectBinary(Uint8Array.of(3));
    });
  });
});

describe("Jakarta's close reason", () => {
  it('has a code and a phrase', () => {
    const reason = new CloseReason(CloseReason.CloseCodes.GOING_AWAY, 'moving');
    expect([reason.getCloseCode(), reason.getReasonPhrase()]).to.deep.equal([1001, 'moving']);
    expect(String(reason)).to.equal('CloseReason[1001, moving]');
    expect(String(new CloseReason(4000))).to.equal('CloseReason[4000]');
  });

  const refused = [
    [999, '', RangeError, '999 is not a close code. They are whole numbers from 1000 to 4999 (RFC 6455 §7.4).'],
    [5000, '', RangeError, '5000 is not a close code. They are whole numbers from 1000 to 4999 (RFC 6455 §7.4).'],
    [1000.5, '', RangeError, '1000.5 is not a close code. They are whole numbers from 1000 to 4999 (RFC 6455 §7.4).'],
    [
      1000,
      'é'.repeat(62),
      RangeError,
      'The reason phrase has 124 bytes: at most 123 bytes of UTF-8 fit into a Close frame (RFC 6455 §5.5). Shorten it.',
    ],
    [
      '1000',
      null,
      InvalidArgumentError,
      'new CloseReason(code, phrase) takes a number and a string, and was given "1000" and null.',
    ],
  ] as const;
  for (const [code, phrase, error, text] of refused) {
    it(`is not made of ${code} and ${phrase === null ? null : `${phrase.length} characters`}`, () => {
      expect(() => new CloseReason(code as number, phrase as string)).to.throw(error, text);
    });
  }
});
