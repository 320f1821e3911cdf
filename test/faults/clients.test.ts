import { expect } from 'chai';
import { type Extension, listener, OnWebSocketMessage, type Session, WebSocket, WebSocketClient } from 'moorage';
import { deferred, putAwayAfterEach } from '../server/serving.js';
import { FAULTS, NEVER, THROWING } from './faults.js';
import { type Beside, beside, ProcessWatch, unchecked } from './watch.js';

/** A server that tells with which code each session of `/served` ended. */
async function serving(): Promise<Beside & { readonly ended: Promise<number> }> {
  const ended = deferred<number>();
  const field = await beside((container) =>
    container.addEndpoint(
      '/served',
      listener({
        onWebSocketConnect: async (session: Session) => {
          await session.sendText('{}');
          await session.sendBinary(Buffer.from('x'));
          await session.sendPing();
          await session.sendPong();
        },
        onWebSocketText: () => undefined,
        onWebSocketError: () => undefined,
        onWebSocketClose: (_session, code) => ended.resolve(code),
      }),
      { extensions: [harmless] },
    ),
  );
  return { ...field, ended: ended.promise };
}

const passing = {
  parameters: [],
  create: () => ({
    receive: (frame: never, next: (frame: never) => never) => next(frame),
    send: (frame: never, next: (frame: never) => never) => next(frame),
  }),
};
const harmless = { name: 'x-faulty', accept: () => passing, offers: () => [[]], confirm: () => passing } as Extension;

@WebSocket
class Plain {
  @OnWebSocketMessage
  onText(_text: string): void {}
}

describe('On the side that connects', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  let client: WebSocketClient;
  beforeEach(() => {
    watch.begin();
    client = new WebSocketClient({
      unhandled: 'ignore',
      closeTimeout: 100,
      handshakeTimeout: 300,
      onEvent: () => undefined,
    });
  });
  afterEach(async () => {
    await client.close({ timeout: 0 });
    expect(await watch.end()).to.deep.equal([]);
  });

  async function isUnharmed(field: Beside): Promise<void> {
    const answer = deferred<string>();
    const url = `ws://127.0.0.1:${field.target.port}/good`;
    const good = listener({ onWebSocketText: (_session, text) => answer.resolve(text) });
    const session = await client.connect(good, url);
    await session.sendText('still here');
    expect(await answer.promise).to.equal('still here');
  }

  for (const method of ['Text', 'Binary', 'PartialText', 'TextStream', 'Decoded', 'Frame', 'Ping', 'Pong']) {
    for (const fault of FAULTS) {
      it(`a handler onWebSocket${method} that ${fault.what}: 1011, and other connections go on`, async () => {
        const field = await serving();
        const url = `ws://127.0.0.1:${field.target.port}/served`;
        await client.connect(unchecked({ [`onWebSocket${method}`]: fault.fail }), url);
        expect(await field.ended).to.equal(1011);
        await isUnharmed(field);
      });
    }
  }

  for (const fault of FAULTS) {
    it(`a connect handler that ${fault.what}: connect rejects, 1011`, async () => {
      const field = await serving();
      const url = `ws://127.0.0.1:${field.target.port}/served`;
      const outcome = await client.connect(unchecked({ onWebSocketConnect: fault.fail }), url).then(
        () => 'open',
        () => 'rejected',
      );
      expect(outcome).to.equal('rejected');
      expect(await field.ended).to.equal(1011);
      await isUnharmed(field);
    });

    it(`an instance factory that ${fault.what}: connect rejects`, async () => {
      const field = await serving();
      const failing = new WebSocketClient({ instanceFactory: fault.fail as never, onEvent: () => undefined });
      const outcome = await failing.connect(Plain, `ws://127.0.0.1:${field.target.port}/served`).then(
        () => 'open',
        () => 'rejected',
      );
      expect(outcome).to.equal('rejected');
      await failing.close();
      await isUnharmed(field);
    });
  }

  for (const part of ['offers', 'confirm', 'create'] as const) {
    for (const fault of THROWING) {
      it(`an extension whose ${part} ${fault.what}: connect rejects, and nothing is left open`, async () => {
        const field = await serving();
        const failing =
          part === 'create'
            ? { ...harmless, confirm: () => ({ ...passing, create: fault.fail }) }
            : { ...harmless, [part]: fault.fail };
        const outcome = await client
          .connect(unchecked({ onWebSocketText: () => undefined }), `ws://127.0.0.1:${field.target.port}/served`, {
            extensions: [failing as unknown as Extension],
          })
          .then(
            () => 'open',
            () => 'rejected',
          );
        expect(outcome).to.equal('rejected');
        if (part !== 'offers') expect(await field.ended).to.equal(1006);
        await isUnharmed(field);
      });
    }
  }

  it(`a connect handler that ${NEVER.what}: the signal ends the wait`, async () => {
    const field = await serving();
    const calledOff = new AbortController();
    const connecting = client.connect(
      unchecked({ onWebSocketConnect: NEVER.fail }),
      `ws://127.0.0.1:${field.target.port}/served`,
      { signal: calledOff.signal },
    );
    await field.events.until(
      (event) => event.type === 'session-opened' && event.session.upgradeRequest.path === '/served',
    );
    calledOff.abort(new Error('called off'));
    const cause = await connecting.then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    expect(cause).to.equal('called off');
    await isUnharmed(field);
  });
});
