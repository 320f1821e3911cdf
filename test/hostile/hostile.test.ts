/**
 * The attacks on our server. `npm run hostile` runs them all and writes the report; `HOSTILE_ATTACKS=bomb,ping` picks those whose
 * names have one of these words in them.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ATTACKS } from './attacks.js';
import { reportOf, summaryLine } from './report.js';
import { type Result, runAttack } from './run.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const report = 'build/hostile/report.md';
const results: Result[] = [];

const words = process.env['HOSTILE_ATTACKS']?.split(',');
const chosen = ATTACKS.filter(({ name }) => words === undefined || words.some((word) => name.includes(word)));

describe('Under attack', function () {
  this.timeout(120_000);

  for (const attack of chosen) {
    it(`${attack.name}: ${attack.demand}`, async () => {
      const result = await runAttack(attack);
      results.push(result);
      expect(result.complaints).to.deep.equal([]);
    });
  }

  after(async () => {
    const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
    await mkdir(`${root}build/hostile`, { recursive: true });
    await writeFile(root + report, reportOf(results, version));
    console.log(`\n  ${summaryLine(results)}\n  ${report}`);
  });
});
