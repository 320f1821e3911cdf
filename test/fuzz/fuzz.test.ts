import { expect } from 'chai';
import { corpus } from './corpus.js';
import { Fuzzer } from './fuzzer.js';
import { Random } from './random.js';
import { shrink } from './shrink.js';
import { TARGETS } from './targets/index.js';
import { vary } from './vary.js';

/** Inputs for each target: together a few seconds. `npm run fuzz` goes on from there. */
const INPUTS: Readonly<Record<string, number>> = {
  parser: 400,
  handshake: 3000,
  request: 3000,
  paths: 3000,
  extensions: 1500,
  inflater: 300,
  'client-handshake': 3000,
  engine: 250,
};
const SEED = 6455;

describe('Fuzzing', () => {
  const stray: unknown[] = [];
  const note = (cause: unknown): void => void stray.push(cause);

  before(() => process.on('unhandledRejection', note));
  after(() => process.off('unhandledRejection', note));

  for (const target of TARGETS) {
    const inputs = INPUTS[target.name]!;

    it(`${target.name}: ${inputs} inputs from one seed break no rule`, async () => {
      const fuzzer = new Fuzzer(target, SEED);
      while (fuzzer.runs < inputs) {
        const crash = await fuzzer.step();
        expect(crash, `${crash?.message}\n${JSON.stringify(crash?.input)}`).to.equal(undefined);
      }
      expect(fuzzer.courses, 'kinds of courses').to.be.greaterThan(20);
      expect(stray).to.deep.equal([]);
    }).timeout(60_000);
  }

  for (const { target: name, what, input } of corpus()) {
    it(`${name}, once found: ${what}`, async () => {
      await TARGETS.find((target) => target.name === name)!.run(input);
      expect(stray).to.deep.equal([]);
    });
  }
});

describe('A fuzzer', () => {
  const terms = { setup: ['role'], dictionary: ['\x81\x00'] };
  const input = { role: 'server', hex: '8100810081008100', cuts: [1, 2, 3], text: 'some text' };

  it('makes the same inputs from the same seed', () => {
    const inputs = (): unknown[] => {
      const random = new Random(7);
      return TARGETS.flatMap((target) => random.list(20, () => target.generate(random)));
    };
    expect(inputs()).to.deep.equal(inputs());
    const [one, two] = [new Random(7), new Random(8)];
    expect(one.bytes(16)).to.not.deep.equal(two.bytes(16));
  });

  it('varies what a target is fed and not how it is set up', () => {
    const random = new Random(1);
    const varied = random.list(300, () => vary(input, input, random, terms));
    expect(varied.every(({ role }) => role === 'server')).to.equal(true);
    expect(varied.every(({ hex }) => /^(?:[0-9a-f]{2})*$/.test(hex))).to.equal(true);
    expect(new Set(varied.map((each) => JSON.stringify(each))).size).to.be.greaterThan(200);
    expect(input.hex).to.equal('8100810081008100');
  });

  it('takes everything from an input that a failure doesn’t need', async () => {
    const fails = async ({ hex, cuts }: typeof input): Promise<boolean> => hex.includes('81') && cuts.includes(2);
    expect(await shrink(input, terms.setup, fails)).to.deep.equal({ role: 'server', hex: '81', cuts: [2], text: '' });
  });
});
