/** The report: one HTML file that needs nothing else. */
import { linePlot } from '#bench/plot/line-plot.js';
import { escaped } from '#bench/plot/markup.js';
import type { SoakResult, Verdict } from './soak.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--ground:#f6f8fa;--good:#1a7f37;--bad:#cf222e}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a3acb6;--ground:#010409;--good:#56d364;--bad:#ff7b72}}
body{margin:2rem auto;max-width:780px;padding:0 1rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
svg{display:block;max-width:100%;height:auto;margin:1rem 0}
table{border-collapse:collapse;width:100%}
th,td{padding:.3rem .6rem .3rem 0;text-align:left;border-bottom:1px solid var(--soft)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}p.soft{color:var(--soft)}`;

export function htmlReport(result: SoakResult, environment: string): string {
  const { findings, options, load, samples } = result;
  const minutes = ((samples.at(-1)?.at ?? options.seconds) / 60).toFixed(1);
  const passed = findings.length === 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Soak: ${passed ? 'passed' : 'failed'}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Soak: <span class="${passed ? 'good' : 'bad'}">${passed ? 'passed' : 'failed'}</span></h1>
<p>${escaped(`${minutes} minutes of mixed load, ${samples.length} samples. ${environment}. Seed ${options.seed}, pace ${options.pace}.`)}</p>
${findings.length === 0 ? '' : `<ul>${findings.map((finding) => `<li class="bad">${escaped(finding)}</li>`).join('')}</ul>`}
<h2>Trends</h2>
<p class="soft">Judged is the second half. Growth is the median of the slopes between any two samples (Theil and Sen), over that time;
what is certain of it is its lower confidence limit at 99 %. It is a trend when that exceeds what is allowed.</p>
${trendTable(result.verdicts)}
<h2>Before and after</h2>
${leftTable(result)}
<h2>Curves</h2>
${result.verdicts
  .filter(({ curve }) => curve.length > 0)
  .map(plotOf)
  .join('\n')}
<h2>What was done</h2>
<table><tr><th>work</th><th class="n">times</th></tr>
${Object.entries(load.done)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([name, count]) => row(name, count.toLocaleString('en')))
  .join('\n')}
${row('other than it must be', String(load.failed))}
</table>
</body>
</html>
`;
}

function trendTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap(({ quantity, trend, grows, curve }) => {
    if (trend === undefined) return [];
    const figure = (value: number) => `${value.toFixed(quantity.decimals)} ${quantity.unit}`;
    const middle = curve.filter(({ at }) => at >= trend.from).map(({ value }) => value);
    const last = middle.toSorted((a, b) => a - b)[Math.floor(middle.length / 2)] ?? 0;
    return [
      `<tr><td>${escaped(quantity.title)}</td>${[last, trend.growth, trend.sureGrowth, quantity.mayGrow ?? 0]
        .map((value) => `<td class="n">${escaped(figure(value))}</td>`)
        .join('')}<td class="${grows ? 'bad">grows' : 'good">holds'}</td></tr>`,
    ];
  });
  const head = ['median', 'growth', 'certain', 'allowed'].map((name) => `<th class="n">${name}</th>`).join('');
  return `<table><tr><th>quantity</th>${head}<th></th></tr>\n${rows.join('\n')}\n</table>`;
}

function leftTable({ before, after }: SoakResult): string {
  const MiB = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
  const rows = [
    ['Open sessions', before.sessions, after.sessions],
    ['File descriptors', before.descriptors ?? '–', after.descriptors ?? '–'],
    ['Resources of the event loop', before.handles, after.handles],
    ['Heap', MiB(before.heap), MiB(after.heap)],
    ['Outside of the heap', MiB(before.external), MiB(after.external)],
    ['Resident memory', MiB(before.resident), MiB(after.resident)],
  ] as const;
  return `<table><tr><th></th><th class="n">before the load</th><th class="n">after it</th></tr>
${rows.map(([name, a, b]) => row(name, String(a), String(b))).join('\n')}
</table>`;
}

function row(name: string, ...cells: readonly string[]): string {
  return `<tr><td>${escaped(name)}</td>${cells.map((cell) => `<td class="n">${escaped(cell)}</td>`).join('')}</tr>`;
}

function plotOf({ quantity, curve, trend }: Verdict): string {
  const points = curve.map(({ at, value }) => ({ x: at / 60, y: value }));
  return linePlot({
    title: quantity.title,
    subtitle:
      trend === undefined
        ? 'for the picture; not judged'
        : `grows by ${trend.growth.toFixed(2)} ${quantity.unit} in the judged half, surely by ${trend.sureGrowth.toFixed(2)}; allowed ${quantity.mayGrow}`,
    x: { title: 'minutes since the beginning' },
    y: { title: quantity.unit },
    series: [{ name: quantity.name, points, marked: false }],
    ...(trend === undefined ? {} : { shade: { from: trend.from / 60, to: trend.to / 60, name: 'judged' } }),
  });
}
