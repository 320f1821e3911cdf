import { expect } from 'chai';
import { type SyncStream, type SyncZlib, syncZlib, whereItHolds } from '#moorage/protocol/extensions/sync-zlib.js';

const zlib = syncZlib() as SyncZlib;

/** What this Node has, with one thing otherwise. */
function changed(change: (stream: SyncStream) => Partial<SyncStream>): SyncZlib {
  const wrapped = (stream: SyncStream): SyncStream => ({
    get roomLeft() {
      return stream.roomLeft;
    },
    get inputLeft() {
      return stream.inputLeft;
    },
    write: (...args) => stream.write(...args),
    reset: () => stream.reset(),
    close: () => stream.close(),
    ...change(stream),
  });
  return { deflater: (settings) => wrapped(zlib.deflater(settings)), inflater: () => wrapped(zlib.inflater()) };
}

describe('zlib streams that last and work at once', () => {
  it('are found in this Node', () => {
    // Where this fails, a new Node has changed its insides: all works, by Node's public functions, and more slowly.
    expect(zlib).to.not.equal(null);
  });

  it('are held to what is asked of them', () => {
    expect(whereItHolds(changed(() => ({})))).to.not.equal(null);
  });

  for (const [what, change] of [
    ['say nothing of the room left', () => ({ roomLeft: 0 })],
    ['say nothing of the input left', () => ({ inputLeft: 1 })],
    [
      'write elsewhere',
      (stream) => ({ write: (a, b, c, d, e, at, room) => stream.write(a, b, c, d, e, at - 1, room) }),
    ],
    [
      'read elsewhere',
      (stream) => ({ write: (a, b, from, d, e, f, g) => stream.write(a, b, from && from - 1, d, e, f, g) }),
    ],
    [
      'forget what went before',
      (stream) => ({
        write: (...args) => {
          stream.reset();
          return stream.write(...args);
        },
      }),
    ],
    ['do not forget when they should', () => ({ reset: () => undefined })],
    ['do not tell of bad data', (stream) => ({ write: (...args) => stream.write(...args) || true })],
    ['throw', () => ({ write: () => expect.fail() })],
  ] satisfies readonly (readonly [string, (stream: SyncStream) => Partial<SyncStream>])[]) {
    it(`are not used where they ${what}`, () => {
      expect(whereItHolds(changed(change))).to.equal(null);
    });
  }

  it('are not used where Node has none', () => {
    const absent = (): never => {
      throw new TypeError("Node's zlib streams are built in another way.");
    };
    expect(whereItHolds({ deflater: absent, inflater: absent })).to.equal(null);
  });
});
