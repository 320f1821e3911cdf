import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readPages } from './pages.js';
import { RunningServer } from './running-server.js';
import { compiledFile, compileSnippets } from './snippet-project.js';
import { type Snippet, snippetsOf } from './snippets.js';

const execute = promisify(execFile);

/** What programs of the documentation answer, for those that it is said of there. */
const CONVERSATIONS = [
  {
    page: 'README.md',
    file: 'server.ts',
    path: '/greet/Ada',
    texts: ['one', 'two'],
    answers: ['Hello, Ada.', '1: one', '2: two'],
  },
  {
    page: 'docs/getting-started.md',
    file: 'src/server.ts',
    path: '/greet/Ada',
    texts: ['How are you?'],
    answers: ['Hello, Ada.', '1: How are you?'],
  },
  {
    page: 'docs/getting-started.md',
    file: 'src/standard.ts',
    path: '/greet/Ada',
    texts: ['How are you?'],
    answers: ['Hello, Ada.', '1: How are you?'],
  },
] as const;

describe('The snippets of the documentation', function () {
  // The compiler and processes that load it are at work here.
  this.timeout(240_000);

  const pages: string[] = [];
  const snippets: Snippet[] = [];
  let complaints: readonly string[] = [];

  before(async () => {
    for (const page of await readPages()) {
      pages.push(page.path);
      snippets.push(...snippetsOf(page));
    }
    complaints = await compileSnippets(snippets);
  });

  it('are there', () => {
    expect(snippets.length).to.be.greaterThan(50);
    expect(snippets.filter(({ decorators }) => decorators === 'standard')).not.to.be.empty;
  });

  it('compile, each on its page', () => {
    expect(complaints, complaints.join('\n')).to.be.empty;
  });

  it('have files of their own', () => {
    const files = snippets.map(compiledFile);
    expect(files).to.deep.equal([...new Set(files)]);
  });

  for (const { page, file, path, texts, answers } of CONVERSATIONS) {
    it(`do what they say: ${file} of ${page}`, async () => {
      const server = await RunningServer.start(compiledFile(named(page, file)));
      try {
        expect(await server.talk(path, texts, answers.length)).to.deep.equal(answers);
      } finally {
        await server.stop();
      }
    });
  }

  it('start, where they are servers', async () => {
    for (const snippet of snippets.filter(
      ({ module }) => /\.listen\(80\d\d\b/.test(module) && /^import\b/m.test(module),
    )) {
      const server = await RunningServer.start(compiledFile(snippet));
      await server.stop();
    }
  });

  it('pass, where they are tests', async () => {
    const files = snippets.filter(({ module }) => /from 'node:test'/.test(module)).map(compiledFile);
    expect(files.length).to.be.greaterThan(2);
    const environment = { ...process.env };
    delete environment['NODE_TEST_CONTEXT'];
    try {
      await execute(process.execPath, ['--test', ...files], { env: environment, maxBuffer: 1 << 26 });
    } catch (error) {
      throw new Error(`node --test failed:\n${(error as { readonly stdout: string }).stdout}`);
    }
  });

  function named(page: string, file: string): Snippet {
    const found = snippets.find((snippet) => snippet.page === page && snippet.file === file);
    if (found === undefined) {
      throw new Error(`${page} has no snippet that begins with "// ${file}".`);
    }
    return found;
  }
});
