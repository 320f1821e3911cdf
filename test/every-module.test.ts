import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

async function modules(): Promise<string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What would keep the process alive: servers, sockets, timers. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout|Immediate|TTY)/.test(name));
}

// Loading them all also puts files that no test touches into the coverage report, with nothing covered.
describe('Every module', () => {
  it('can be imported alone, without opening or starting anything', async () => {
    const found = await modules();
    expect(found).to.not.be.empty;
    for (const file of found) {
      const before = resources();
      await import(pathToFileURL(file).href);
      expect(resources(), relative(dist, file)).to.deep.equal(before);
    }
  });
});
