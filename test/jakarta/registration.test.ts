import { expect } from 'chai';
import { UnsupportedDataError } from 'moorage';
import { OnError, OnMessage, OnOpen, PathParam, PathParamError, ServerEndpoint, Session } from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { connect } from '../endpoint/connect.js';
import { frame } from '../endpoint/fake-channel.js';

@ServerEndpoint({ value: '/counted/{from}', stateless: true })
class Counted {
  count = 0;

  @OnMessage onText(_text: string, @PathParam('from') from: number): unknown {
    this.count += 1;
    return from + this.count;
  }
}

@ServerEndpoint('/own')
class Own {
  @OnMessage onText(text: string, session: Session): string {
    return `${text} of ${session.getOpenSessions().size}`;
  }
}

@ServerEndpoint('/failing')
class Failing {
  static errors: Error[] = [];

  @OnOpen onOpen() {
    throw new RangeError('opened');
  }
  @OnError onError(cause: RangeError) {
    Failing.errors.push(cause);
  }
}

@ServerEndpoint('/rooms/{room}')
class Room {
  @OnMessage onText(_text: string, @PathParam('room') room: number): unknown {
    return room;
  }
}

describe("Registering Jakarta's endpoints", () => {
  let bench: TestBench;

  beforeEach(() => {
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  it('compiles a class once, with its path and options', () => {
    const compiled = compileEndpoint(Counted);
    expect(compiled).to.include({ name: 'Counted', path: '/counted/{from}', stateless: true, target: Counted });
    expect(compileEndpoint(Counted)).to.equal(compiled);
    expect(Object.isFrozen(compiled.table)).to.equal(true);
  });

  it('takes a stateless class, of which all connections have one instance', async () => {
    bench.container.addEndpoint(Counted);
    const [one, other] = [await bench.connect('/counted/10'), await bench.connect('/counted/20')];
    one.sendText('');
    await one.expectText('11');
    other.sendText('');
    await other.expectText('22');
    expect(bench.container.openSessionsOf(Counted).size).to.equal(2);
  });

  it('takes an instance for all connections', async () => {
    const counted = new Counted();
    counted.count = 5;
    bench.container.addEndpoint('/other/{from}', counted);
    const peer = await bench.connect('/other/1');
    peer.sendText('');
    await peer.expectText('7');
  });

  it('keeps the sessions of one place apart from those of another', async () => {
    bench.container.addEndpoint('/here', Own);
    bench.container.addEndpoint('/there', Own);
    const here = await bench.connect('/here');
    await bench.connect('/there');
    here.sendText('one');
    await here.expectText('one of 1');
  });

  it('ends the connection with 1011 where @OnOpen fails, and tells @OnError', async () => {
    const peer = await bench.connect(Failing, '/failing');
    await peer.expectClose(1011, 'Internal error');
    expect(Failing.errors.map(({ message }) => message)).to.deep.equal(['opened']);
  });

  it('has no use for pongs that nobody takes', async () => {
    const peer = await bench.connect(Own, '/own');
    peer.sendPong('p');
    peer.sendText('alone');
    await peer.expectText('alone of 1');
  });

  it('closes with 1003 for messages that no method and no handler takes', () => {
    const { handler } = connect(Own);
    expect(() => handler.onData(frame('Binary', [1]))).to.throw(
      UnsupportedDataError,
      "The endpoint has no handler for binary messages. Add a method with @OnMessage that takes one, call session.addMessageHandler, or set unhandled: 'ignore'.",
    );
  });

  it('refuses a variable of the path that nobody checked in a handshake', () => {
    const { handler } = connect(Room);
    expect(() => handler.onData(frame('Text', 'x')))
      .to.throw(
        PathParamError,
        'The path\'s variable room is "blue", and its parameter is a Number. Accepted: a decimal number such as 7 or -1.5.',
      )
      .with.property('code', 'MOORAGE_INVALID_PATH_PARAM');
  });
});
