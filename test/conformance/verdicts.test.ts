// A suite that can't fail proves nothing: peers with one defect each have to be found out, on both sides.
import { expect } from 'chai';
import { brokenClient, brokenServer, type Defect } from './broken-echo.js';
import type { ConformanceCase } from './case.js';
import { CATALOGUE } from './catalogue.js';
import type { Behaviour, BehaviourClose } from './judge.js';
import { dial } from './peer/dial.js';
import { RawServer } from './peer/listen.js';
import { runCases } from './run.js';

/** By case: the verdict and that on the closing of the connection. */
type Verdicts = Readonly<Record<string, readonly [Behaviour, BehaviourClose]>>;

const FOUND: Readonly<Record<Exclude<Defect, 'never ends TCP'>, Verdicts>> = {
  none: {
    '1.1.6': ['OK', 'OK'],
    '2.10': ['OK', 'OK'],
    '3.2': ['OK', 'OK'],
    '5.19': ['OK', 'OK'],
    '6.3.2': ['OK', 'OK'],
    '6.4.1': ['OK', 'OK'],
    '7.1.6': ['INFORMATIONAL', 'OK'],
    '7.9.1': ['OK', 'OK'],
    '9.7.2': ['OK', 'OK'],
    '12.1.1': ['UNIMPLEMENTED', 'UNIMPLEMENTED'],
  },
  'answers pings with nothing': { '2.1': ['FAILED', 'OK'], '5.6': ['FAILED', 'OK'], '5.19': ['FAILED', 'OK'] },
  'checks no UTF-8': { '6.3.1': ['FAILED', 'FAILED'], '6.4.2': ['FAILED', 'FAILED'] },
  'checks UTF-8 when a message is whole': { '6.3.1': ['OK', 'OK'], '6.4.1': ['NON-STRICT', 'OK'] },
  'checks no frames': { '2.5': ['FAILED', 'FAILED'], '3.1': ['FAILED', 'FAILED'], '4.1.1': ['OK', 'FAILED'] },
  'fails before it echoes': { '3.2': ['NON-STRICT', 'OK'], '4.1.3': ['NON-STRICT', 'OK'] },
  'closes with 1000 whatever happened': { '3.1': ['OK', 'WRONG CODE'], '7.9.1': ['FAILED', 'WRONG CODE'] },
  'drops TCP where it should send a Close': { '1.1.2': ['OK', 'UNCLEAN'], '3.1': ['OK', 'OK'] },
  'masks as the other side should': { '1.1.2': ['FAILED', 'UNCLEAN'] },
  'echoes text as binary': { '1.1.2': ['FAILED', 'OK'], '1.2.2': ['OK', 'OK'], '9.7.2': ['FAILED', 'OK'] },
  'loses the last byte': { '1.1.2': ['FAILED', 'OK'], '9.1.1': ['FAILED', 'OK'] },
  'repeats itself': { '1.1.2': ['FAILED', 'OK'], '9.1.1': ['FAILED', 'OK'] },
};

/** Only what is expected to be missing is waited for in vain. */
const PATIENCE = { leastPatience: 1000, mostPatience: 1000, concurrency: 8 };

function casesOf(verdicts: Verdicts): readonly ConformanceCase[] {
  return Object.keys(verdicts).map((id) => CATALOGUE.find((one) => one.id === id) as ConformanceCase);
}

async function verdictsOnServer(defect: Defect, cases: readonly ConformanceCase[]): Promise<Verdicts> {
  const server = await brokenServer(defect);
  try {
    return await verdicts((deflate, milliseconds) => dial(server.port, '/', deflate, milliseconds), cases);
  } finally {
    server.close();
  }
}

async function verdictsOnClient(defect: Defect, cases: readonly ConformanceCase[]): Promise<Verdicts> {
  const server = await new RawServer().listen();
  try {
    const summon = (url: string) => void brokenClient(url, defect);
    return await verdicts((deflate, milliseconds) => server.accept(summon, deflate, milliseconds), cases);
  } finally {
    server.close();
  }
}

async function verdicts(
  open: (deflate: ConformanceCase['deflate'] & object, milliseconds: number) => ReturnType<typeof dial>,
  cases: readonly ConformanceCase[],
): Promise<Verdicts> {
  const subject = {
    open: (deflate: ConformanceCase['deflate'] & object, _one: ConformanceCase, milliseconds: number) =>
      open(deflate, milliseconds),
  };
  const results = await runCases(subject, cases, PATIENCE);
  return Object.fromEntries(
    results.map(({ case: { id }, verdict }) => [id, [verdict.behaviour, verdict.behaviourClose] as const]),
  );
}

describe('The conformance suite', () => {
  for (const [defect, expected] of Object.entries(FOUND) as [Defect, Verdicts][]) {
    it(`${defect === 'none' ? 'passes a peer without a defect' : `finds a peer that ${defect}`}, on both sides`, async () => {
      const cases = casesOf(expected);
      expect(await verdictsOnServer(defect, cases), 'server').to.deep.equal(expected);
      expect(await verdictsOnClient(defect, cases), 'client').to.deep.equal(expected);
    });
  }

  it('finds a server that leaves the end of TCP to the client', async () => {
    const expected: Verdicts = { '1.1.2': ['OK', 'FAILED BY CLIENT'] };
    expect(await verdictsOnServer('never ends TCP', casesOf(expected))).to.deep.equal(expected);
  });

  it('finds a peer that is not there', async () => {
    const server = await brokenServer('none');
    server.close();
    const expected: Verdicts = { '1.1.2': ['FAILED', 'FAILED'] };
    const open = (deflate: ConformanceCase['deflate'] & object, milliseconds: number) =>
      dial(server.port, '/', deflate, milliseconds);
    expect(await verdicts(open, casesOf(expected))).to.deep.equal(expected);
  });
});
