import { expect } from 'chai';
import { QUANTITIES } from './quantities.js';
import { htmlReport } from './report.js';
import { judge, type SoakOptions, type SoakResult, soak } from './soak.js';
import type { Sample } from './subject/messages.js';

const BRIEF: SoakOptions = { seconds: 4, interval: 0.1, collectEvery: 2, pace: 2, seed: 1, leak: false };
const SAMPLE: Sample = {
  at: 0,
  collected: true,
  heap: 8e6,
  external: 2e6,
  resident: 8e7,
  sessions: 5,
  descriptors: 20,
  handles: 8,
  handleKinds: '',
  delay: 1,
  cpu: 10,
};

function quantity(name: string) {
  const found = QUANTITIES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no quantity ${name}`);
  return found;
}

describe('A soak', () => {
  describe('of a sound server', () => {
    let result: SoakResult;

    before(async function () {
      this.timeout(60_000);
      result = await soak(BRIEF);
    });

    it('does every kind of work, and all of it is answered as it must be', () => {
      const { done, failures } = result.load;
      expect(failures).to.deep.equal([]);
      expect(done).to.include.keys(
        ...['echo', 'echo, deliberate', 'echo, compressed', 'echo, compressed with context', 'broadcast', 'upload'],
        ...[
          'churn, closed',
          'churn, cut off',
          'churn, left in the middle',
          'reset in the handshake',
          'reset in a message',
        ],
        ...[
          'throwing handler',
          'rejecting handler',
          'corrupt compression',
          'bad UTF-8',
          'refused with 404',
          'ping flood',
        ],
      );
    });

    it('samples at the pace asked for, each second time after a collection', () => {
      expect(result.samples).to.have.length(40);
      expect(result.samples.filter(({ collected }) => collected)).to.have.length(20);
      expect(Math.max(...result.samples.map(({ sessions }) => sessions))).to.be.greaterThan(40);
    });

    it('leaves nothing behind', () => {
      expect(result.after.sessions).to.equal(0);
      expect(result.after.descriptors).to.equal(result.before.descriptors);
      expect(result.findings.filter((finding) => !/grows/.test(finding))).to.deep.equal([]);
    });

    it('makes a report with every curve that this system gives, a verdict on each that is judged, and no reference to the outside', () => {
      const html = htmlReport(result, 'Node');
      for (const { quantity, curve, trend } of result.verdicts) {
        if (curve.length > 0) expect(html).to.include(`<title>${quantity.title}</title>`);
        expect(trend !== undefined, quantity.name).to.equal(quantity.mayGrow !== undefined && curve.length > 0);
      }
      expect(html.match(/<svg/g)).to.have.length(result.verdicts.filter(({ curve }) => curve.length > 0).length);
      expect(html).to.not.match(/<script|<link|src=|href=/);
      expect(html.replaceAll('http://www.w3.org/2000/svg', '')).to.not.include('http');
    });
  });

  it('of a server that keeps something of each echo fails, and says what grows', async function () {
    this.timeout(60_000);
    const { findings, verdicts } = await soak({ ...BRIEF, leak: true });
    const grown = verdicts.filter(({ grows }) => grows).map((verdict) => verdict.quantity.name);
    expect(grown).to.include('external');
    expect(findings.join('\n')).to.match(/Memory outside of the heap .* grows: by [\d.]+ MiB from second \d+ to \d+/);
  });

  it('ends early when that is asked for, and then says that the samples are too few to judge', async function () {
    this.timeout(60_000);
    const ended = await soak({ ...BRIEF, onSample: () => true }).catch((cause: Error) => cause.message);
    expect(ended).to.equal('1 samples in the second half say nothing; at least 8 do');
  });

  describe('judges', () => {
    const samples = (change: (at: number) => Partial<Sample>): Sample[] =>
      Array.from({ length: 40 }, (_, at) => ({ ...SAMPLE, at, ...change(at) }));

    it('what a collection leaves, by the samples after one alone', () => {
      const { curve, trend, grows } = judge(
        quantity('heap'),
        samples((at) => ({ collected: at % 2 === 0, heap: at % 2 === 0 ? 8e6 : 8e6 + at * 1e6 })),
      );
      expect(curve).to.have.length(20);
      expect(trend?.sureGrowth).to.equal(0);
      expect(grows).to.equal(false);
    });

    it('a growth above what is allowed as a trend, and one below it as none', () => {
      const grown = (perSecond: number) =>
        judge(
          quantity('heap'),
          samples((at) => ({ heap: 8e6 + at * perSecond })),
        ).grows;
      expect(grown(60_000)).to.equal(true);
      expect(grown(40_000)).to.equal(false);
    });

    it('sessions, descriptors and handles in numbers', () => {
      for (const name of ['sessions', 'descriptors', 'handles'] as const) {
        expect(
          judge(
            quantity(name),
            samples((at) => ({ [name]: at })),
          ).grows,
          name,
        ).to.equal(true);
        expect(
          judge(
            quantity(name),
            samples((at) => ({ [name]: at % 5 })),
          ).grows,
          name,
        ).to.equal(false);
      }
    });

    it('nothing that the system does not tell', () => {
      const { curve, trend, grows } = judge(
        quantity('descriptors'),
        samples(() => ({ descriptors: undefined })),
      );
      expect({ curve, trend, grows }).to.deep.equal({ curve: [], trend: undefined, grows: false });
    });
  });
});
