import type { Page } from './pages.js';

/** A piece of TypeScript of a page, as a module that can be compiled. */
export interface Snippet {
  readonly page: string;
  /** Of the page, where its code begins. */
  readonly line: number;
  /** Below the folder of its page: what its first line says (`// src/chat.ts`), or made from the line. */
  readonly file: string;
  readonly decorators: 'legacy' | 'standard';
  /** Its lines stand where they stand on the page, so that the compiler's messages point there. */
  readonly module: string;
}

/** What a fence or a comment of the conventions in CONTRIBUTING.md opens, or undefined. */
interface Opening {
  readonly kind: 'block' | 'preamble' | 'module';
  readonly end: string;
  readonly decorators: 'legacy' | 'standard';
  readonly file?: string;
}

const FILE_COMMENT = /^\/\/ ([\w./-]+\.ts)$/;
const IMPORT = /^import\b/m;

/** The snippets of a page. See "Snippets" in CONTRIBUTING.md for how they are written. */
export function snippetsOf({ path, text }: Page): readonly Snippet[] {
  const lines = text.split('\n');
  const snippets: Snippet[] = [];
  let preamble: { readonly code: readonly string[]; readonly line: number } | undefined;
  for (let at = 0; at < lines.length; at++) {
    const opening = openingOf(lines[at] as string);
    if (opening === undefined) {
      continue;
    }
    const end = lines.indexOf(opening.end, at + 1);
    if (end === -1) {
      throw new Error(`${path}:${at + 1}: "${lines[at]}" is not closed by a line "${opening.end}".`);
    }
    const code = lines.slice(at + 1, end);
    const line = at + 2;
    const { decorators } = opening;
    if (opening.kind === 'preamble') {
      preamble = { code, line };
    } else {
      const file = opening.file ?? FILE_COMMENT.exec(code[0] ?? '')?.[1] ?? `line-${line}.ts`;
      const module =
        opening.kind === 'module' || IMPORT.test(code.join('\n'))
          ? standalone(code, line)
          : fragment(code, line, preamble);
      snippets.push({ page: path, line, file, decorators, module });
    }
    at = end;
  }
  return snippets;
}

function openingOf(line: string): Opening | undefined {
  const fence = /^```ts( standard)?$/.exec(line);
  if (fence !== null) {
    return { kind: 'block', end: '```', decorators: fence[1] === undefined ? 'legacy' : 'standard' };
  }
  const comment = /^<!-- snippets(?:: ([\w./-]+\.ts))?$/.exec(line);
  if (comment === null) {
    return undefined;
  }
  const [, file] = comment;
  return { kind: file === undefined ? 'preamble' : 'module', end: '-->', decorators: 'legacy', ...(file && { file }) };
}

function standalone(code: readonly string[], line: number): string {
  return `${'\n'.repeat(line - 1)}${code.join('\n')}\nexport {};\n`;
}

/** The preamble at its own lines, then the fragment in a function, so that it may declare what the preamble has too. */
function fragment(
  code: readonly string[],
  line: number,
  preamble: { code: readonly string[]; line: number } | undefined,
): string {
  const { code: before, line: beforeLine } = preamble ?? { code: [''], line: 1 };
  const between = line - beforeLine - before.length;
  return (
    `${'\n'.repeat(beforeLine - 1)}${before.join('\n')}${'\n'.repeat(between)}` +
    `export async function snippet(): Promise<unknown> {\n${code.join('\n')}\nreturn undefined;\n}\n`
  );
}
