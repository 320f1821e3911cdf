import { expect } from 'chai';
import {
  type ContainerOptions,
  creator,
  type Extension,
  listener,
  MoorageError,
  OnWebSocketMessage,
  refuse,
  WebSocket,
  type WebSocketContainer,
} from 'moorage';
import { OnMessage, ServerEndpoint } from 'moorage/jakarta';
import { putAwayAfterEach, tracked } from '../server/serving.js';
import { RawPeer } from '../support/raw-peer.js';
import { FAULTS, type Fault, NEVER, REJECTING, THROWING } from './faults.js';
import { beside, ProcessWatch } from './watch.js';

interface Hook {
  readonly what: string;
  /** What of the container's options the hook is. */
  readonly options?: (fail: () => unknown) => ContainerOptions;
  readonly register: (container: WebSocketContainer, fail: () => unknown) => void;
  readonly during: 'authorize' | 'create' | 'instantiate' | 'handshake';
  /** Default: all. */
  readonly faults?: readonly Fault[];
  /** It can't be asynchronous. */
  readonly synchronous?: boolean;
}

@WebSocket
class Plain {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

/** Fails for the faulty endpoint alone. */
const ofFaulty =
  (fail: () => unknown) =>
  (_request: unknown, { endpoint }: { readonly endpoint: string }): unknown =>
    endpoint === 'Plain' ? fail() : true;

function jakarta(method: string, fail: () => unknown): new () => object {
  @ServerEndpoint({ value: '/faulty', configurator: { [method]: fail } as object })
  class Faulty {
    @OnMessage
    onText(text: string): string {
      return text;
    }
  }
  return Faulty;
}

const HOOKS: readonly Hook[] = [
  {
    what: 'the authorize hook',
    options: (fail) => ({ authorize: ofFaulty(fail) }),
    register: (container) => container.addEndpoint('/faulty', Plain),
    during: 'authorize',
  },
  {
    what: 'a creator',
    register: (container, fail) => container.addEndpoint('/faulty', creator(fail as () => object)),
    during: 'create',
  },
  {
    what: 'a function that makes listeners',
    register: (container, fail) => container.addEndpoint('/faulty', listener(fail as () => object)),
    during: 'create',
  },
  {
    what: 'the instance factory',
    options: (fail) => ({ instanceFactory: fail as () => never }),
    register: (container) => container.addEndpoint('/faulty', Plain),
    during: 'instantiate',
  },
  {
    what: 'the instance factory of a stateless endpoint',
    options: (fail) => ({ instanceFactory: fail as () => never }),
    register: (container) => container.addEndpoint('/faulty', Plain, { stateless: true }),
    during: 'instantiate',
    faults: REJECTING, // What it throws is thrown by addEndpoint, where the instance is made.
  },
  {
    what: 'a constructor',
    register: (container, fail) => {
      class Failing extends Plain {
        constructor() {
          super();
          fail();
        }
      }
      WebSocket(Failing);
      container.addEndpoint('/faulty', Failing);
    },
    during: 'instantiate',
    faults: THROWING,
    synchronous: true,
  },
  ...(['checkOrigin', 'getNegotiatedSubprotocol', 'getNegotiatedExtensions', 'modifyHandshake'] as const).map(
    (method): Hook => ({
      what: `a Jakarta configurator's ${method}`,
      register: (container, fail) => container.addEndpoint(jakarta(method, fail)),
      during: 'create',
    }),
  ),
];

function isAbout(cause: unknown, { value }: Fault): boolean {
  return cause === value || (cause instanceof MoorageError && cause.cause === value);
}

describe('A hook that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const { what, options = () => ({}), register, during, faults = FAULTS, synchronous = false } of HOOKS) {
    for (const fault of faults) {
      it(`${what} ${fault.what}: 500, one report, nobody else hears of it`, async () => {
        const field = await beside((container) => register(container, fault.fail), options(fault.fail));
        const { peer, response } = await RawPeer.request(field.target, { path: '/faulty' });
        tracked(peer);
        expect(response.status).to.equal(500);
        expect((await peer.readToEnd()).toString() + response.text).to.not.match(/secret/);
        await field.isUnharmed();
        expect(field.reports().map((report) => report.during)).to.deep.equal([during]);
        expect(isAbout(field.reports()[0]?.cause, fault)).to.equal(true);
      });
    }

    if (!synchronous) {
      it(`${what} ${NEVER.what}: 408 at the handshake timeout`, async () => {
        const field = await beside((container) => register(container, NEVER.fail), {
          ...options(NEVER.fail),
          handshakeTimeout: 100,
        });
        const { peer, response } = await RawPeer.request(field.target, { path: '/faulty' });
        tracked(peer);
        expect(response.status).to.equal(408);
        await peer.readEnd();
        await field.isUnharmed();
        expect(field.reports()).to.deep.equal([]);
      });
    }
  }

  for (const status of [0, 99, 101, 200, 299, 600, 1.5, Number.NaN, '401', undefined, null, {}]) {
    it(`refuse(${String(status)}): 500, one report`, async () => {
      const fail = () => refuse(status as number);
      const field = await beside((container) => container.addEndpoint('/faulty', Plain), { authorize: ofFaulty(fail) });
      const { peer, response } = await RawPeer.request(field.target, { path: '/faulty' });
      tracked(peer);
      expect(response.status).to.equal(500);
      await peer.readEnd();
      await field.isUnharmed();
      expect(field.reports().map((report) => report.during)).to.deep.equal(['authorize']);
    });
  }
});

/** What an extension's author can get wrong, and when it shows: in the handshake, or at the first message. */
const EXTENSION_PARTS = ['accept', 'create', 'receive', 'send'] as const;

function failingExtension(part: (typeof EXTENSION_PARTS)[number] | 'close', fail: () => unknown): Extension {
  const when = (name: string, otherwise: () => unknown) => (name === part ? fail() : otherwise());
  const agreed = {
    parameters: [],
    create: () =>
      when('create', () => ({
        receive: (frame: unknown, next: (frame: unknown) => unknown) => when('receive', () => next(frame)),
        send: (frame: unknown, next: (frame: unknown) => unknown) => when('send', () => next(frame)),
        close: () => when('close', () => undefined),
      })),
  };
  const extension = {
    name: 'x-faulty',
    accept: () => when('accept', () => agreed),
    offers: () => [[]],
    confirm: () => agreed,
  };
  return extension as unknown as Extension;
}

describe('An extension that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const part of [...EXTENSION_PARTS, 'close'] as const) {
    for (const fault of part === 'receive' || part === 'send' ? FAULTS : THROWING) {
      it(`in ${part}, and ${fault.what}: that connection ends, nobody else hears of it`, async () => {
        const field = await beside((container) =>
          container.addEndpoint('/faulty', Plain, { extensions: [failingExtension(part, fault.fail)] }),
        );
        const { peer, response } = await RawPeer.request(field.target, {
          path: '/faulty',
          headers: { 'Sec-WebSocket-Extensions': 'x-faulty' },
        });
        tracked(peer);
        if (part === 'accept') {
          expect(response.status).to.equal(500);
        } else if (response.status === 101) {
          peer.sendText('hello');
          if (part === 'close') peer.sendClose(1000);
          const bytes = (await peer.readToEnd()).toString('latin1');
          expect(bytes).to.not.match(/secret/);
        }
        await peer.readEnd();
        await field.isUnharmed();
        expect(field.reports().length).to.be.at.most(1);
      });
    }
  }
});
