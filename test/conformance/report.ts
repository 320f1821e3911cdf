import { CATEGORIES, categoryOf } from './catalogue.js';
import { type Behaviour, passes } from './judge.js';
import type { Result } from './run.js';
import { COMPRESSION, PROFILE } from './subject/profile.js';
import type { Side } from './subjects.js';

export type Results = Readonly<Record<Side, readonly Result[]>>;

const SIDES: readonly Side[] = ['server', 'client'];

/** Good ones first. A closing that went wrong counts as a failure of its case. */
const OUTCOMES = [
  'OK',
  'INFORMATIONAL',
  'UNIMPLEMENTED',
  'NON-STRICT',
  'FAILED',
] as const satisfies readonly Behaviour[];

export function outcomeOf({ verdict }: Result): Behaviour {
  const { behaviour, behaviourClose } = verdict;
  return behaviourClose === 'OK' || behaviourClose === 'UNIMPLEMENTED' ? behaviour : 'FAILED';
}

function count(results: readonly Result[], outcome: Behaviour): number {
  return results.filter((result) => outcomeOf(result) === outcome).length;
}

/** `517 cases on each side: ok 1028, informational 6, unimplemented 0, non-strict 0, failed 0`. */
export function summaryLine(results: Results): string {
  const all = SIDES.flatMap((side) => results[side]);
  const [server, client] = [results.server.length, results.client.length];
  const cases =
    server === client ? `${server} cases on each side` : `${server} cases on the server, ${client} on the client`;
  return `${cases}: ${OUTCOMES.map((outcome) => `${outcome.toLowerCase()} ${count(all, outcome)}`).join(', ')}`;
}

/** One line for a case that doesn't pass. */
export function complaintOf(result: Result): string {
  const { behaviour, behaviourClose, remark } = result.verdict;
  return `${result.case.id} ${behaviour}, closing ${behaviourClose}: ${remark} (${result.case.description})`;
}

/** The report as Markdown: a summary, what is wrong, the options that were set, and every case with its verdicts. */
export function reportOf(results: Results, version: string): string {
  return [
    '# Conformance report',
    '',
    `Moorage ${version} on Node.js ${process.versions.node}, ${process.platform} ${process.arch}. ${summaryLine(results)}.`,
    '',
    ...summaryTable(results),
    '',
    ...bad(results),
    '## Profile',
    '',
    'An echo endpoint, the same decorated class on both sides, with these options; all others have their defaults.',
    '',
    '```js',
    `${format(PROFILE)}`,
    `// category 12: compression ${format(COMPRESSION.plain)}`,
    `// category 13: compression ${format(COMPRESSION.takeover)}`,
    '```',
    '',
    ...CATEGORIES.flatMap(({ number, title }) => categoryTable(results, number, title)),
  ].join('\n');
}

function summaryTable(results: Results): string[] {
  const rows = CATEGORIES.flatMap(({ number, title }) =>
    SIDES.map((side) => {
      const these = results[side].filter((result) => categoryOf(result.case) === number);
      return `| ${number} ${title} | ${side} | ${these.length} | ${OUTCOMES.map((outcome) => count(these, outcome)).join(' | ')} |`;
    }),
  );
  const head = `| category | side | cases | ${OUTCOMES.map((outcome) => outcome.toLowerCase()).join(' | ')} |`;
  return [head, `|${' --- |'.repeat(OUTCOMES.length + 3)}`, ...rows];
}

function bad(results: Results): string[] {
  const lines = SIDES.flatMap((side) =>
    results[side].filter(({ verdict }) => !passes(verdict)).map((result) => `- ${side}: ${complaintOf(result)}`),
  );
  return lines.length === 0 ? [] : ['## What did not pass', '', ...lines, ''];
}

function categoryTable(results: Results, number: number, title: string): string[] {
  const client = new Map(results.client.map((result) => [result.case.id, result]));
  const server = new Map(results.server.map((result) => [result.case.id, result]));
  const ids = [...new Set([...server.keys(), ...client.keys()])];
  const rows = ids.flatMap((id) => {
    const [ours, theirs] = [server.get(id), client.get(id)];
    const one = (ours ?? theirs)?.case;
    return one === undefined || categoryOf(one) !== number
      ? []
      : [`| ${id} | ${one.group} | ${one.description} | ${one.expectation} | ${cell(ours)} | ${cell(theirs)} |`];
  });
  if (rows.length === 0) {
    return [];
  }
  return [
    `## ${number} ${title}`,
    '',
    '| case | group | sent | expected | server: verdict, closing, time | client: verdict, closing, time |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function cell(result: Result | undefined): string {
  if (result === undefined) {
    return 'not run';
  }
  const { verdict, milliseconds } = result;
  const remark = verdict.remark === '' ? '' : ` — ${verdict.remark}`;
  return `${verdict.behaviour}, ${verdict.behaviourClose}, ${Math.round(milliseconds)} ms${remark}`;
}

function format(options: object): string {
  return `{ ${Object.entries(options)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'number' ? value.toLocaleString('en').replaceAll(',', '_') : value}`,
    )
    .join(', ')} }`;
}
