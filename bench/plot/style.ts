/** How plots look, alone in a README as within a page, by day and by night: each brings its own ground and ink. */

/** Lines are told apart by colour, dashes and marker, and each has its name at its end. */
export const LOOKS = [
  { dash: '', marker: 'circle' },
  { dash: '7 4', marker: 'square' },
  { dash: '2 4', marker: 'triangle' },
  { dash: '10 3 2 3', marker: 'diamond' },
] as const;

export type Marker = (typeof LOOKS)[number]['marker'];

const FONT = 'ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif';

const DAY = '--paper:#ffffff;--ink:#1f2328;--soft:#59636e;--grid:#d8dee4;--shade:#eef2f6';
const DAY_LINES = '--line0:#0a5fbf;--line1:#b53a09;--line2:#57606a;--line3:#1a7f37';
const NIGHT = '--paper:#0d1117;--ink:#e6edf3;--soft:#a3acb6;--grid:#30363d;--shade:#161d26';
const NIGHT_LINES = '--line0:#6cb6ff;--line1:#ff9a5c;--line2:#c4ccd4;--line3:#56d364';

export const STYLE = [
  `.plot{${DAY};${DAY_LINES};font:13px ${FONT}}`,
  `@media (prefers-color-scheme:dark){.plot{${NIGHT};${NIGHT_LINES}}}`,
  '.plot .paper{fill:var(--paper);stroke:var(--grid)}',
  '.plot .shade{fill:var(--shade)}',
  '.plot .grid{stroke:var(--grid);fill:none}',
  '.plot .limit{stroke:var(--ink);stroke-dasharray:3 3;fill:none}',
  '.plot text{fill:var(--soft)}',
  '.plot .title{fill:var(--ink);font-size:16px;font-weight:600}',
  '.plot .line{fill:none;stroke-width:2;stroke-linejoin:round}',
  '.plot .bar{stroke-width:1.5;fill:none}',
  ...LOOKS.map(
    (_, i) =>
      `.plot .s${i}{stroke:var(--line${i})}.plot .m${i}{fill:var(--line${i})}.plot text.m${i}{fill:var(--line${i});font-weight:600}`,
  ),
].join('\n');
