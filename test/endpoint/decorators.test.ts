import { readFileSync } from 'node:fs';
import { expect } from 'chai';

/** A module of the package and all that it imports at run time, by their paths in it. */
function loadedBy(url: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  const path = url.href.slice(url.href.lastIndexOf('/dist/') + '/dist/'.length);
  if (!seen.has(path)) {
    seen.add(path);
    for (const [, imported] of readFileSync(url, 'utf8').matchAll(/^(?:import|export) .*?from '(\.[^']+)';/gm)) {
      loadedBy(new URL(imported as string, url), seen);
    }
  }
  return seen;
}

describe('Decorators', () => {
  it('load neither sessions nor the engine nor a server', () => {
    const loaded = [...loadedBy(new URL('../../../dist/endpoint/decorators.js', import.meta.url))];
    expect(loaded).to.include.members(['endpoint/declaration.js', 'protocol/errors.js']);
    expect(loaded.filter((path) => /^(engine|messages|server)\/|session/.test(path))).to.deep.equal([]);
  });
});
