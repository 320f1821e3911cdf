import { expect } from 'chai';
import { snippetsOf } from './snippets.js';

/** A page of these lines, the first of which is line 1. */
const page = (...lines: readonly string[]) => snippetsOf({ path: 'docs/page.md', text: lines.join('\n') });

describe('A snippet', () => {
  it('that imports stands alone, on the lines of its page', () => {
    const [snippet] = page('# Page', '', '```ts', "import { json } from 'moorage';", 'json();', '```');
    expect(snippet?.line).to.equal(4);
    expect(snippet?.module.split('\n').slice(0, 5)).to.deep.equal([
      '',
      '',
      '',
      "import { json } from 'moorage';",
      'json();',
    ]);
  });

  it('without imports stands in a function, behind the preamble before it, on the lines of its page', () => {
    const lines = [
      '<!-- snippets',
      "import { json } from 'moorage';",
      '-->',
      'Text.',
      '```ts',
      'const codec = json();',
      '```',
    ];
    const module = page(...lines)[0]?.module.split('\n') ?? [];
    expect(module[1]).to.equal(lines[1]);
    expect(module[4]).to.match(/^export async function/);
    expect(module[5]).to.equal(lines[5]);
  });

  it('needs no preamble', () => {
    expect(page('Text.', '```ts', 'const one = 1;', '```')[0]?.module.split('\n')[2]).to.equal('const one = 1;');
  });

  it('has the preamble that stands last before it', () => {
    const fragments = page(
      '<!-- snippets',
      'declare const first: string;',
      '-->',
      '```ts',
      'first;',
      '```',
      '<!-- snippets',
      'declare const second: string;',
      '-->',
      '```ts',
      'second;',
      '```',
    );
    expect(fragments.map(({ module }) => /declare const (\w+)/.exec(module)?.[1])).to.deep.equal(['first', 'second']);
  });

  it('is named by its first line', () => {
    expect(page('```ts', '// src/chat.ts', 'export const one = 1;', '```')[0]?.file).to.equal('src/chat.ts');
    expect(page('```ts', 'export const one = 1;', '```')[0]?.file).to.equal('line-2.ts');
  });

  it('can be a module that readers do not see', () => {
    const [snippet] = page('<!-- snippets: src/chat.ts', 'export const one = 1;', '-->');
    expect(snippet).to.include({ file: 'src/chat.ts', line: 2 });
    expect(snippet?.module).to.match(/^\nexport const one = 1;/);
  });

  it('is compiled with standard decorators where it says so', () => {
    expect(page('```ts standard', 'const one = 1;', '```')[0]?.decorators).to.equal('standard');
    expect(page('```ts', 'const one = 1;', '```')[0]?.decorators).to.equal('legacy');
  });

  it('is TypeScript of Moorage: other languages, and other libraries in `typescript` blocks, are not', () => {
    expect(page('```js', 'one', '```', '```typescript', 'two', '```', '```sh', 'three', '```')).to.be.empty;
  });

  it('that is not closed is refused', () => {
    expect(() => page('Text.', '```ts', 'const one = 1;')).to.throw(
      'docs/page.md:2: "```ts" is not closed by a line "```".',
    );
  });
});
