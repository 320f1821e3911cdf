import { expect } from 'chai';
import fc from 'fast-check';
import { type SharedRun, SharedRuns } from '#moorage/engine/shared-run.js';

const FRAMES = ['a', 'bc', '', 'def', 'g'.repeat(300)].map((text) => Buffer.from(text));

describe('a run of frames for many connections', () => {
  it('is of one frame that frame itself, not a copy', () => {
    expect(new SharedRuns().beginningWith(FRAMES[0]!).bytes).to.equal(FRAMES[0]);
  });

  it('is joined once for all who go the same way', () => {
    const runs = new SharedRuns();
    const [one, two] = [0, 1].map(() => runs.beginningWith(FRAMES[0]!).with(FRAMES[1]!).with(FRAMES[3]!));
    expect(one!.bytes.toString()).to.equal('abcdef');
    expect(one!.length).to.equal(6);
    expect(two!.bytes).to.equal(one!.bytes);
  });

  it('goes on from any point, whoever went another way from there', () => {
    const runs = new SharedRuns();
    const begun = runs.beginningWith(FRAMES[0]!);
    const left = begun.with(FRAMES[1]!);
    const right = begun.with(FRAMES[3]!);
    const leftAgain = begun.with(FRAMES[1]!).with(FRAMES[3]!);
    expect([begun, left, right, leftAgain].map(({ bytes }) => bytes.toString())).to.deep.equal([
      'a',
      'abc',
      'adef',
      'abcdef',
    ]);
  });

  it('holds what each connection was given, whatever the order in which they are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.constantFrom(...FRAMES)), { maxLength: 60 }), (steps) => {
        const runs = new SharedRuns();
        const held: (SharedRun | undefined)[] = [];
        const given: Buffer[][] = [[], [], [], []];
        for (const [connection, frame] of steps) {
          held[connection] = held[connection]?.with(frame) ?? runs.beginningWith(frame);
          given[connection]!.push(frame);
        }
        for (const [connection, run] of held.entries()) {
          const expected = Buffer.concat(given[connection]!);
          expect((run?.bytes ?? Buffer.alloc(0)).equals(expected)).to.equal(true);
          expect(run?.length ?? 0).to.equal(expected.length);
        }
      }),
    );
  });
});
