import { expect } from 'chai';
import type { Frame } from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { type Connected, connect as connectDecorated } from './connect.js';
import type * as Endpoints from './endpoints.js';
import { frame } from './fake-channel.js';

type Logging = new () => { readonly log: unknown[] };

/** What endpoints.ts, endpoints.standard.ts and endpoints.listeners.ts declare, each in its own way. */
export type ContractEndpoints = Readonly<
  Record<'AllEvents' | 'WithoutSession' | 'Frames', Logging> &
    Record<'Replies' | 'Inherits' | 'Overrides' | 'Redecorates', new () => object>
>;

type Connect = <T extends object>(type: new () => T) => Connected<T>;

/** What every flavour of endpoint does alike. */
export function endpointContract(load: () => Promise<ContractEndpoints>, connect: Connect = connectDecorated): void {
  let endpoints: ContractEndpoints;

  before(async () => {
    endpoints = await load();
  });

  it('gives each event its values and the session', async () => {
    const { instance, handler, session } = connect(endpoints.AllEvents);
    await handler.onData(frame('Text', 'hello'));
    await handler.onData(frame('Binary', [1, 2, 3]));
    await handler.onControl(frame('Ping', [4]));
    await handler.onControl(frame('Pong', [5]));
    const cause = new Error('cause');
    await handler.onError(cause);
    await handler.onClose(1000, 'bye');
    expect(instance.log).to.deep.equal([
      ['connect', session],
      ['text', session, 'hello'],
      ['binary', session, Buffer.from([1, 2, 3])],
      ['ping', session, Buffer.from([4])],
      ['pong', session, Buffer.from([5])],
      ['error', session, cause],
      ['close', session, 1000, 'bye'],
    ]);
  });

  it('leaves out what a handler does not take', async () => {
    const { instance, handler } = connect(endpoints.WithoutSession);
    await handler.onData(frame('Text', 'hello'));
    await handler.onData(frame('Binary', [1, 2, 3]));
    await handler.onControl(frame('Ping', [4]));
    await handler.onControl(frame('Pong', [5]));
    const cause = new Error('cause');
    await handler.onError(cause);
    await handler.onClose(1000, 'bye');
    expect(instance.log).to.deep.equal([
      ['connect'],
      ['text', 'hello'],
      ['binary', Buffer.from([1, 2, 3])],
      ['ping'],
      ['pong'],
      ['error', cause],
      ['close'],
    ]);
  });

  it('shows a frame before the event that is made from it', async () => {
    const { instance, handler, session } = connect(endpoints.Frames);
    expect([handler.wantsWholeFrames, handler.wantsControlFrames]).to.deep.equal([true, true]);
    await handler.onData(frame('Text', 'he', { fin: false, rsv: 4 }));
    await handler.onControl(frame('Ping', []));
    await handler.onData(frame('Continuation', 'llo'));
    const [first, ping, pinged, second, text] = instance.log as [unknown[], unknown[], unknown[], unknown[], unknown[]];
    expect(first.slice(0, 2)).to.deep.equal(['frame', session]);
    expect({ ...(first[2] as Frame) }).to.deep.equal({
      opcode: 1,
      fin: false,
      rsv1: true,
      rsv2: false,
      rsv3: false,
      payload: Buffer.from('he'),
    });
    expect((ping[2] as Frame).opcode).to.equal(9);
    expect(pinged).to.deep.equal(['ping']);
    expect((second[2] as Frame).payload.toString()).to.equal('llo');
    expect(text).to.deep.equal(['text', 'hello']);
  });

  it('sends what a message handler returns', async () => {
    const { handler, channel } = connect(endpoints.Replies);
    for (const command of ['text', 'buffer', 'array', 'arraybuffer', 'null', 'nothing', 'later', 'thenable']) {
      await handler.onData(frame('Text', command));
    }
    expect(channel.asked).to.deep.equal([
      ['text', 'a text'],
      ['binary', [1, 2]],
      ['binary', [3, 4]],
      ['binary', [5, 6]],
      ['text', 'later'],
      ['text', 'thenable'],
    ]);
  });

  const inherited = [
    ['Inherits', 'inherits handlers', 'base: hi, true'],
    ['Overrides', 'runs an override in the place of what it overrides', 'override: hi, true'],
    ['Redecorates', 'lets a decorated override replace what it overrides', 'redecorated: hi'],
  ] as const;
  for (const [name, does, answer] of inherited) {
    it(does, async () => {
      const { handler, channel } = connect(endpoints[name]);
      await handler.onData(frame('Text', 'hi'));
      expect(channel.asked).to.deep.equal([['text', answer]]);
    });
  }
}

/** What decorated classes do besides, whatever compiled them. */
export function decoratedContract(load: () => Promise<typeof Endpoints>): void {
  let endpoints: typeof Endpoints;

  before(async () => {
    endpoints = await load();
  });

  endpointContract(load);

  it('hands bytes over in the form that is asked for', async () => {
    const plain = connectDecorated(endpoints.PlainBytes);
    await plain.handler.onData(frame('Binary', [1, 2]));
    expect(plain.instance.log).to.deep.equal([new Uint8Array([1, 2])]);
    expect(plain.instance.log[0]).not.to.be.instanceOf(Buffer);

    const buffers = connectDecorated(endpoints.ArrayBuffers);
    await buffers.handler.onData(frame('Binary', [1, 2]));
    expect(buffers.instance.log).to.deep.equal([new Uint8Array([1, 2]).buffer]);
    expect((buffers.instance.log[0] as ArrayBuffer).byteLength).to.equal(2);
  });

  it('compiles a class once, with its path and options', () => {
    const compiled = compileEndpoint(endpoints.AllEvents);
    expect(compiled).to.include({
      name: 'AllEvents',
      path: '/all/{room}',
      stateless: false,
      target: endpoints.AllEvents,
    });
    expect(compiled.options).to.deep.equal({ path: '/all/{room}', idleTimeout: 1_000 });
    expect(compileEndpoint(endpoints.AllEvents)).to.equal(compiled);
    expect(Object.isFrozen(compiled.table)).to.equal(true);
  });

  it('takes an instance for a stateless endpoint', () => {
    const instance = new endpoints.AllEvents();
    const compiled = compileEndpoint(instance);
    expect(compiled).to.include({ name: 'AllEvents', path: '/all/{room}', stateless: true, target: instance });
    expect(compiled.table).to.equal(compileEndpoint(endpoints.AllEvents).table);
  });
}
