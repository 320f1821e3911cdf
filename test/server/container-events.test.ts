import { channel } from 'node:diagnostics_channel';
import { expect } from 'chai';
import {
  CloseError,
  type ContainerEvent,
  OnWebSocketClose,
  OnWebSocketError,
  OnWebSocketMessage,
  Session,
  WebSocket,
} from 'moorage';
import { RawPeer } from '../support/raw-peer.js';
import { afterTest, Log, putAwayAfterEach, serve, tracked } from './serving.js';

@WebSocket({ path: '/echo' })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

@WebSocket({ path: '/fails' })
class Fails {
  @OnWebSocketMessage
  onText(text: string): void {
    throw text === 'close error' ? new CloseError(4000, 'mine') : new Error(text);
  }
}

@WebSocket({ path: '/fails-in-close' })
class FailsInClose {
  @OnWebSocketClose
  onClose(): void {
    throw new Error('in close');
  }
}

@WebSocket({ path: '/fails-in-error' })
class FailsInError extends Fails {
  @OnWebSocketError
  async onError(_: Error): Promise<void> {
    throw new Error('in error');
  }
}

const ENDPOINTS = [Echo, Fails, FailsInClose, FailsInError];

/** Everything that the process warns of until the test ends, in place of printing it. */
function warnings(): Log<Error & { code?: string; detail?: string }> {
  const log = new Log<Error & { code?: string; detail?: string }>();
  const printers = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', log.add);
  afterTest(() => {
    process.off('warning', log.add);
    for (const printer of printers) process.on('warning', printer);
  });
  return log;
}

describe('Container events', () => {
  putAwayAfterEach();

  const serveAll = (onEvent?: (event: ContainerEvent) => void) =>
    serve(
      (container) => {
        for (const endpoint of ENDPOINTS) container.addEndpoint(endpoint);
      },
      onEvent === undefined ? {} : { onEvent },
    );

  it('tell of a session from beginning to end', async () => {
    const events = new Log<ContainerEvent>();
    const { target } = await serveAll(events.add);
    const peer = tracked(await RawPeer.open(target, '/echo'));
    peer.sendClose(3000, 'bye');
    await peer.readClose();
    const [opened, closed] = events.entries;
    expect(events.entries).to.have.length(2);
    if (opened?.type !== 'session-opened' || closed?.type !== 'session-closed') throw new Error('other events');
    expect(opened.session).to.be.instanceOf(Session);
    expect(opened.endpoint).to.equal('Echo');
    expect(closed).to.deep.include({ session: opened.session, endpoint: 'Echo', code: 3000, reason: 'bye' });
  });

  it('tell of a refusal, and why', async () => {
    const events = new Log<ContainerEvent>();
    const { target } = await serveAll(events.add);
    await RawPeer.request(target, { path: '/echo?x=1', headers: { Origin: 'https://attacker.example' } });
    const [event] = events.entries;
    if (event?.type !== 'upgrade-refused') throw new Error('another event');
    expect(event.status).to.equal(403);
    expect(event.reason).to.contain('https://attacker.example');
    expect(event.request.url).to.equal('/echo?x=1');
  });

  for (const [path, during, message] of [
    ['/fails', 'connection', 'boom'],
    ['/fails-in-error', 'error', 'in error'],
    ['/fails-in-close', 'close', 'in close'],
  ] as const) {
    it(`tell of a failure during ${during} once`, async () => {
      const events = new Log<ContainerEvent>();
      const { target } = await serveAll(events.add);
      const peer = tracked(await RawPeer.open(target, path));
      if (path === '/fails-in-close') peer.sendClose(1000);
      else peer.sendText('boom');
      await peer.readClose();
      const errors = events.entries.filter((event) => event.type === 'error');
      expect(errors).to.have.length(1);
      expect(errors[0]?.during).to.equal(during);
      expect(errors[0]?.session).to.be.instanceOf(Session);
      expect(String(errors[0]?.cause)).to.equal(`Error: ${message}`);
    });
  }

  it('are published on diagnostics channels, by type', async () => {
    const published: string[] = [];
    for (const type of ['upgrade-refused', 'session-opened', 'session-closed', 'error']) {
      const listener = (message: unknown, name: string | symbol) => {
        published.push(`${String(name)} ${(message as ContainerEvent).type}`);
      };
      const each = channel(`moorage:${type}`);
      each.subscribe(listener);
      afterTest(() => each.unsubscribe(listener));
    }
    const { target } = await serveAll();
    await RawPeer.request(target, { path: '/nowhere' });
    const peer = tracked(await RawPeer.open(target, '/fails'));
    peer.sendText('boom');
    await peer.readClose();
    expect(published).to.deep.equal([
      'moorage:upgrade-refused upgrade-refused',
      'moorage:session-opened session-opened',
      'moorage:error error',
      'moorage:session-closed session-closed',
    ]);
  });

  describe('without anybody who listens', () => {
    it('a failure of the application is printed as a process warning, once', async () => {
      const printed = warnings();
      const { target } = await serveAll();
      const peer = tracked(await RawPeer.open(target, '/fails'));
      peer.sendText('boom');
      await peer.readClose();
      const warning = await printed.until(() => true);
      expect(printed.entries).to.have.length(1);
      expect(warning.code).to.equal('MOORAGE_UNHANDLED_ERROR');
      expect(warning.message).to.equal(
        "Fails failed (connection) and nothing handles it. Listen with the container's onEvent option.",
      );
      expect(warning.detail).to.contain('Error: boom').and.to.contain('container-events.test');
    });

    it('what peers do and what handlers do on purpose is not', async () => {
      const printed = warnings();
      const { target } = await serveAll();
      const violator = tracked(await RawPeer.open(target, '/echo'));
      violator.sendFrame({ opcode: 3 });
      expect((await violator.readClose()).code).to.equal(1002);
      const closed = tracked(await RawPeer.open(target, '/fails'));
      closed.sendText('close error');
      expect(await closed.readClose()).to.deep.equal({ code: 4000, reason: 'mine' });
      const lost = tracked(await RawPeer.open(target, '/echo'));
      lost.reset();
      // A warning is emitted in a later turn, and the last failure's comes last.
      const last = tracked(await RawPeer.open(target, '/fails'));
      last.sendText('boom');
      await last.readClose();
      await printed.until((warning) => warning.detail?.includes('boom') === true);
      expect(printed.entries).to.have.length(1);
    });
  });

  for (const [what, onEvent] of [
    [
      'throws',
      () => {
        throw new Error('broken listener');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken listener'))],
  ] as const) {
    it(`harm nobody when the listener ${what}`, async () => {
      const printed = warnings();
      const { target } = await serveAll(onEvent);
      const peer = tracked(await RawPeer.open(target, '/echo'));
      peer.sendText('hello');
      expect(await peer.readText()).to.equal('hello');
      peer.sendClose(1000);
      expect((await peer.readClose()).code).to.equal(1000);
      expect((await RawPeer.request(target, { path: '/nowhere' })).response.status).to.equal(404);
      const warning = await printed.until((each) => each.message.includes("'upgrade-refused'"));
      expect(warning.detail).to.contain('broken listener');
    });
  }

  it('do not care for what else the listener returns', async () => {
    const printed = warnings();
    const types: string[] = [];
    const { target } = await serveAll((event) => types.push(event.type));
    await RawPeer.request(target, { path: '/nowhere' });
    // A warning is emitted in a later turn.
    await new Promise(setImmediate);
    expect(types).to.deep.equal(['upgrade-refused']);
    expect(printed.entries).to.deep.equal([]);
  });

  it('take values for errors that are none', async () => {
    const events = new Log<ContainerEvent>();
    const printed = warnings();

    const { target, container } = await serve(() => {}, { onEvent: events.add });
    @WebSocket({ path: '/odd' })
    class Odd {
      @OnWebSocketClose
      onClose(): void {
        throw Object.create(null);
      }
    }
    container.addEndpoint(Odd);
    const { container: silent, target: silentTarget } = await serve(() => {});
    silent.addEndpoint(Odd);
    for (const each of [target, silentTarget]) {
      const peer = tracked(await RawPeer.open(each, '/odd'));
      peer.sendClose(1000);
      expect((await peer.readClose()).code).to.equal(1000);
    }
    expect(events.entries.map((event) => event.type)).to.include('error');
    expect((await printed.until(() => true)).detail).to.equal('A value that has no text.');
  });
});
