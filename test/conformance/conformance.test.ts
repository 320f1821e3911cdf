/**
 * The suite against both of our sides. `npm run conformance` runs it whole, prints what did not pass and one summary line,
 * and writes the report. `CONFORMANCE_CASES=6.4,12.1.3` picks cases by the beginnings of their numbers,
 * `CONFORMANCE_SIDE=client` a side.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { ConformanceCase } from './case.js';
import { CATALOGUE, CATEGORIES, categoryOf } from './catalogue.js';
import { passes } from './judge.js';
import { complaintOf, reportOf, summaryLine } from './report.js';
import { type Result, runCases } from './run.js';
import { type RunningSubject, type Side, startSubject } from './subjects.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const report = 'build/conformance/report.md';
const results: Record<Side, Result[]> = { server: [], client: [] };

const chosenSide = process.env['CONFORMANCE_SIDE'];
const chosenCases = process.env['CONFORMANCE_CASES']?.split(',').map((prefix) => `${prefix}.`);

function isChosen({ id }: ConformanceCase): boolean {
  return chosenCases === undefined || chosenCases.some((prefix) => `${id}.`.startsWith(prefix));
}

describe('Conformance', function () {
  // Each case has a bound of its own; together they take minutes.
  this.timeout(0);

  for (const side of ['server', 'client'] as const) {
    if (chosenSide !== undefined && chosenSide !== side) {
      continue;
    }
    describe(`of our ${side}`, () => {
      let subject: RunningSubject | undefined;

      before(async () => {
        subject = await startSubject(side);
      });

      after(() => subject?.close());

      for (const { number, title } of CATEGORIES) {
        const cases = CATALOGUE.filter((one) => categoryOf(one) === number && isChosen(one));
        if (cases.length > 0) {
          it(`${number} ${title}: ${cases.length} cases`, async () => {
            const these = await runCases(subject as RunningSubject, cases);
            results[side].push(...these);
            expect(these.filter(({ verdict }) => !passes(verdict)).map(complaintOf)).to.deep.equal([]);
          });
        }
      }
    });
  }

  after(async () => {
    const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
    await mkdir(`${root}build/conformance`, { recursive: true });
    await writeFile(root + report, reportOf(results, version));
    console.log(`\n  ${summaryLine(results)}\n  ${report}`);
  });
});
