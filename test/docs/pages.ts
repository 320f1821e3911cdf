import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Its path from the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** The README and everything below `docs/`. */
export async function readPages(): Promise<readonly Page[]> {
  const folder = join(root, 'docs');
  const names = await readdir(folder, { recursive: true });
  const files = [
    join(root, 'README.md'),
    ...names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name)),
  ];
  return Promise.all(
    files
      .sort()
      .map(async (file) => ({ path: relative(root, file).replaceAll('\\', '/'), text: await readFile(file, 'utf8') })),
  );
}

export async function readPage(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

/** The rows of a page's tables, cells trimmed: of all of them, or of those between a heading and the next of any level. */
export function tableRows(page: string, heading?: string): readonly (readonly string[])[] {
  const from = heading === undefined ? 0 : page.indexOf(`\n${heading}\n`);
  if (from === -1) {
    throw new Error(`The page has no heading "${heading}".`);
  }
  const next = heading === undefined ? -1 : page.indexOf('\n#', from + 1);
  return page
    .slice(from, next === -1 ? undefined : next)
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|-'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
