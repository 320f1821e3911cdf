import { expect } from 'chai';
import { MoorageError, type Session, type WebSocketListener } from 'moorage';
import { putAwayAfterEach, tracked } from '../server/serving.js';
import { closePayload, type FrameParts, RawPeer } from '../support/raw-peer.js';
import { FAULTS, type Fault, NEVER } from './faults.js';
import { beside, ProcessWatch, unchecked } from './watch.js';

interface Failing {
  readonly method: keyof WebSocketListener;
  /** What has it called. */
  readonly says: readonly FrameParts[];
  /** The close code that the peer is sent. */
  readonly code: number;
  readonly during: 'connection' | 'error' | 'close';
}

const TEXT: FrameParts = { opcode: 1, payload: '{}' };
const BYTES: FrameParts = { opcode: 2, payload: 'x' };

const ofMessages = (methods: readonly (keyof WebSocketListener)[], frame: FrameParts) =>
  methods.map((method): Failing => ({ method, says: [frame], code: 1011, during: 'connection' }));

const HANDLERS: readonly Failing[] = [
  { method: 'onWebSocketConnect', says: [], code: 1011, during: 'connection' },
  ...ofMessages(
    [
      'onWebSocketText',
      'onWebSocketPartialText',
      'onWebSocketTextStream',
      'onWebSocketTextWebStream',
      'onWebSocketDecoded',
      'onWebSocketFrame',
    ],
    TEXT,
  ),
  ...ofMessages(
    ['onWebSocketBinary', 'onWebSocketPartialBinary', 'onWebSocketBinaryStream', 'onWebSocketBinaryWebStream'],
    BYTES,
  ),
  ...ofMessages(['onWebSocketPing'], { opcode: 9 }),
  ...ofMessages(['onWebSocketPong'], { opcode: 10 }),
  { method: 'onWebSocketError', says: [{ opcode: 3 }], code: 1002, during: 'error' },
  { method: 'onWebSocketClose', says: [{ opcode: 8, payload: closePayload(4000) }], code: 4000, during: 'close' },
];

/** What a report says of a fault: the value itself, or an error whose cause it is. */
function isAbout(cause: unknown, { value }: Fault): boolean {
  return cause === value || (cause instanceof MoorageError && cause.cause === value);
}

describe('A handler that fails', () => {
  putAwayAfterEach();

  const watch = new ProcessWatch();
  beforeEach(() => watch.begin());
  afterEach(async () => expect(await watch.end()).to.deep.equal([]));

  for (const { method, says, code, during } of HANDLERS) {
    for (const fault of FAULTS) {
      it(`${method} ${fault.what}: ${code}, one report, nobody else hears of it`, async () => {
        const field = await beside((container) =>
          container.addEndpoint('/faulty', unchecked({ [method]: fault.fail })),
        );
        const peer = tracked(await RawPeer.open(field.target, '/faulty'));
        for (const frame of says) peer.sendFrame(frame);
        const close = await peer.readClose();
        expect(close.code).to.equal(code);
        expect(close.reason).to.not.match(/secret/);
        await peer.readEnd();
        await field.events.until((event) => event.type === 'session-closed');
        await field.isUnharmed();
        expect(field.reports().map((report) => report.during)).to.deep.equal([during]);
        expect(isAbout(field.reports()[0]?.cause, fault)).to.equal(true);
      });
    }

    if (during === 'connection') {
      it(`${method}: the error handler hears of it once, and the container nothing`, async () => {
        const heard: Error[] = [];
        const field = await beside((container) =>
          container.addEndpoint(
            '/faulty',
            unchecked({
              [method]: () => Promise.reject(undefined),
              onWebSocketError: (_session: Session, cause: Error) => void heard.push(cause),
            }),
          ),
        );
        const peer = tracked(await RawPeer.open(field.target, '/faulty'));
        for (const frame of says) peer.sendFrame(frame);
        expect((await peer.readClose()).code).to.equal(1011);
        await field.events.until((event) => event.type === 'session-closed');
        expect(heard.map(({ name }) => name)).to.deep.equal(['MoorageError']);
        expect(field.reports()).to.deep.equal([]);
      });
    }

    it(`${method} ${NEVER.what}: the peer may leave, and the container ends it`, async () => {
      const field = await beside((container) => container.addEndpoint('/faulty', unchecked({ [method]: NEVER.fail })));
      const peer = tracked(await RawPeer.open(field.target, '/faulty'));
      for (const frame of says) peer.sendFrame(frame);
      // While the connect handler is at work nothing is read, not even a Close.
      if (method !== 'onWebSocketConnect') {
        if (during === 'connection') peer.sendClose(1000);
        peer.end();
        await peer.readEnd();
      }
      await field.isUnharmed();
      await field.container.close({ timeout: 200 });
      await peer.readEnd();
      expect(field.reports()).to.deep.equal([]);
    });
  }
});
