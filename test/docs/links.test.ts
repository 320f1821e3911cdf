import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { readPages, root } from './pages.js';

/** The anchors of a page, made of its headings as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] as string);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/<!--[\s\S]*?-->/g, '');
}

describe('The links of the documentation', () => {
  it('lead to files and headings that exist', async () => {
    const pages = await readPages();
    const texts = new Map(pages.map(({ path, text }) => [path, text]));
    const broken: string[] = [];
    for (const { path, text } of pages) {
      for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? path : normalize(join(dirname(path), file));
        const page = texts.get(linked);
        if (
          !existsSync(join(root, linked)) ||
          (anchor !== undefined && page !== undefined && !anchorsOf(page).has(anchor))
        ) {
          broken.push(`${path}: ${target}`);
        }
      }
    }
    expect(broken, broken.join('\n')).to.be.empty;
  });

  it('lead from the index to every page', async () => {
    const pages = (await readPages()).map(({ path }) => path).filter((path) => path.startsWith('docs/'));
    const index = (await readPages()).find(({ path }) => path === 'docs/README.md')?.text ?? '';
    const missing = pages.filter(
      (path) => path !== 'docs/README.md' && !index.includes(`(${path.slice('docs/'.length)})`),
    );
    expect(missing, missing.join('\n')).to.be.empty;
  });
});
