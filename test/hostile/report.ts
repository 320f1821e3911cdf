import { cpus, loadavg } from 'node:os';
import type { Standing } from './field.js';
import type { Result } from './run.js';
import { MiB } from './sizes.js';

/** Milliseconds that the 99th percentile of the echoes should stay below on a quiet machine. */
const P99 = 100;

/** `24 attacks: 24 withstood, 0 not; slowest p99 of the well-behaved connection 12 ms`. */
export function summaryLine(results: readonly Result[]): string {
  const lost = results.filter(({ complaints }) => complaints.length > 0).length;
  const p99 = Math.max(0, ...results.filter(({ attack }) => !attack.blocks).map(({ echoes }) => echoes.p99));
  return `${results.length} attacks: ${results.length - lost} withstood, ${lost} not; slowest p99 of the well-behaved connection ${format(p99)} ms`;
}

/** The report as Markdown. */
export function reportOf(results: readonly Result[], version: string): string {
  const [load = 0] = loadavg();
  return [
    '# Attack report',
    '',
    `Moorage ${version} on Node.js ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, load average at the end ${load.toFixed(1)}: what else`,
    'runs on the machine makes times longer, those of the quiet columns included.',
    '',
    `${summaryLine(results)}.`,
    '',
    ...overP99(results),
    'Memory is resident memory of the process under attack over what it was before the attack, in MiB: the most at any time with garbage',
    'and all, at the height of the attack after a collection (where the attack has a height that lasts), and after it. Descriptors',
    'are its open files before, at the height and after. Echoes are those of the well-behaved connection, in milliseconds: median and 99th',
    'percentile before the attack, then median, 99th percentile and longest during it, of so many.',
    '',
    '| attack | row or figure | what has to hold | what came of it | ms | most | height | after | descriptors | echo before | echo under attack | of | verdict |',
    '| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- | --- | ---: | --- |',
    ...results.map(row),
    '',
    ...results.flatMap(({ attack, complaints }) => complaints.map((complaint) => `- ${attack.name}: ${complaint}`)),
    '',
  ].join('\n');
}

/** What didn't hold the figure, although it is no failure. */
function overP99(results: readonly Result[]): string[] {
  const over = results.filter(({ attack, echoes }) => !attack.blocks && echoes.p99 >= P99);
  return over.length === 0
    ? []
    : [
        `The 99th percentile of the echoes was over ${P99} ms under: ${over.map(({ attack }) => attack.name).join(', ')}.`,
        '',
      ];
}

function row(result: Result): string {
  const { attack, outcome, complaints, milliseconds, before, during, after, peak, quiet, echoes } = result;
  const growth = (standing: Standing | undefined) =>
    standing === undefined ? '–' : mebibytes(standing.resident - before.resident);
  const cells = [
    attack.name,
    attack.rows.join('; '),
    attack.demand,
    outcome,
    format(milliseconds),
    mebibytes(peak - before.resident),
    growth(during),
    growth(after),
    [before, during, after].map((standing) => standing?.descriptors ?? '–').join(' / '),
    `${format(quiet.median)} / ${format(quiet.p99)}`,
    `${format(echoes.median)} / ${format(echoes.p99)} / ${format(echoes.longest)}`,
    echoes.echoes,
    complaints.length === 0 ? 'withstood' : 'NOT WITHSTOOD',
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function mebibytes(bytes: number): string {
  return (bytes / MiB).toFixed(1);
}

function format(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds).toString();
}
