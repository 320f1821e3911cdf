import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as moorage from 'moorage';
import { readPage, root, tableRows } from './pages.js';

const CODE = /MOORAGE_[A-Z_0-9]+/g;

async function codesInSource(): Promise<ReadonlySet<string>> {
  const files = await readdir(join(root, 'src'), { recursive: true });
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.ts')).map((file) => readFile(join(root, 'src', file), 'utf8')),
  );
  return new Set(texts.flatMap((text) => text.match(CODE) ?? []));
}

describe('The page of errors', () => {
  let page: string;

  before(async () => {
    page = await readPage('docs/errors.md');
  });

  it('has every code of the source, and no other', async () => {
    const documented = new Set(page.match(CODE) ?? []);
    expect([...documented].sort()).to.deep.equal([...(await codesInSource())].sort());
  });

  it('has each code in one row', () => {
    const codes = tableRows(page).flatMap(([code = '']) => code.match(CODE) ?? []);
    expect(codes).to.deep.equal([...new Set(codes)]);
  });

  it('names classes that are exported', () => {
    const classes = new Set([...page.matchAll(/`(\w+Error)`/g)].map((match) => match[1] as string));
    const outside = ['TypeError', 'RangeError', 'PathParamError'];
    const missing = [...classes].filter((name) => !(name in moorage) && !outside.includes(name));
    expect(missing).to.be.empty;
  });
});

describe('The page of close codes', () => {
  it('has every code by its name', async () => {
    const rows = tableRows(await readPage('docs/close-codes.md'), '## Codes');
    const named = rows.filter(([, name]) => name?.startsWith('`')).filter(([code]) => /^\d+$/.test(code ?? ''));
    const documented = named.map(([code, name]) => [name?.replaceAll('`', ''), Number(code)]);
    expect(Object.fromEntries(documented)).to.deep.equal({ ...moorage.CloseCode });
  });
});
