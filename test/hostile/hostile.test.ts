/**
 * The attacks on our server. `npm run hostile` runs them all and writes the report; `HOSTILE_ATTACKS=bomb,ping` picks those whose
 * names have one of these words in them.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { config, expect } from 'chai';
import type { Attack } from './attack.js';
import { ATTACKS, CLIENT_ATTACKS } from './attacks.js';
import { Battlefield } from './battlefield.js';
import { ClientField } from './client-field.js';
import type { Field } from './field.js';
import { reportOf, summaryLine } from './report.js';
import { type Result, runAttack } from './run.js';

config.truncateThreshold = 0;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const report = 'build/hostile/report.md';
const results: Result[] = [];

const words = process.env['HOSTILE_ATTACKS']?.split(',');
const isChosen = ({ name }: { readonly name: string }) =>
  words === undefined || words.some((word) => name.includes(word));

describe('Under attack', function () {
  this.timeout(120_000);

  function attacked<Where extends Field>(
    attacks: readonly Attack<Where>[],
    prepare: (attack: Attack<Where>) => Promise<Where>,
  ) {
    for (const attack of attacks.filter(isChosen)) {
      it(`${attack.name}: ${attack.demand}`, async () => {
        const result = await runAttack(attack, await prepare(attack));
        results.push(result);
        expect(result.complaints).to.deep.equal([]);
      });
    }
  }

  attacked(ATTACKS, ({ conditions }) => Battlefield.prepare(conditions));
  attacked(CLIENT_ATTACKS, () => ClientField.prepare());

  after(async () => {
    const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
    await mkdir(`${root}build/hostile`, { recursive: true });
    await writeFile(root + report, reportOf(results, version));
    console.log(`\n  ${summaryLine(results)}\n  ${report}`);
  });
});
