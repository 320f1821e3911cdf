import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './pages.js';
import type { Snippet } from './snippets.js';

const folder = join(root, 'build/docs');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const execute = promisify(execFile);

const DECORATORS = {
  legacy: { experimentalDecorators: true, emitDecoratorMetadata: true },
  standard: { experimentalDecorators: false },
} as const;

/** Writes all snippets as modules below `build/docs` and compiles them, one run of the compiler for each flavour of decorators. */
export async function compileSnippets(snippets: readonly Snippet[]): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  for (const snippet of snippets) {
    const file = join(folder, 'src', sourceOf(snippet));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, snippet.module);
  }
  const flavours = (['legacy', 'standard'] as const).filter((each) => snippets.some((one) => one.decorators === each));
  const complaints = await Promise.all(
    flavours.map((flavour) =>
      compile(
        flavour,
        snippets.filter(({ decorators }) => decorators === flavour),
      ),
    ),
  );
  return complaints.flat();
}

/** The compiled module of a snippet. */
export function compiledFile(snippet: Snippet): string {
  return join(folder, 'js', sourceOf(snippet).replace(/\.ts$/, '.js'));
}

/** The folder of a page's compiled modules. */
function sourceOf({ page, file }: Snippet): string {
  return `${page.replace(/\.md$/, '').replaceAll('/', '_')}/${file}`;
}

/** What the compiler says, with the page and line that it says it of. */
async function compile(flavour: 'legacy' | 'standard', snippets: readonly Snippet[]): Promise<readonly string[]> {
  const project = join(folder, `tsconfig.${flavour}.json`);
  const configuration = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      ...DECORATORS[flavour],
      rootDir: 'src',
      outDir: 'js',
      lib: ['ES2023', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
      types: ['node'],
      declaration: false,
      declarationMap: false,
      // As strict as `strict`, not as this project: a snippet declares what it doesn't use, returns or doesn't, and reads
      // `process.env.PORT` as everybody writes it.
      noImplicitReturns: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noPropertyAccessFromIndexSignature: false,
    },
    files: snippets.map((snippet) => `src/${sourceOf(snippet)}`),
  };
  await writeFile(project, JSON.stringify(configuration, null, 2));
  try {
    await execute(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: folder, maxBuffer: 1 << 26 });
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`
      .split(/\n(?=\S)/)
      .filter((text) => text.trim() !== '')
      .map((text) => pointed(text, snippets));
  }
}

/** `src/docs_guide/line-30.ts(31,5): …` as `docs/guide.md:31:5 …`, which is where the author looks. */
function pointed(complaint: string, snippets: readonly Snippet[]): string {
  const snippet = snippets.find((one) => complaint.startsWith(`src/${sourceOf(one)}(`));
  return snippet === undefined ? complaint : complaint.replace(/^[^(]*\((\d+),(\d+)\):/, `${snippet.page}:$1:$2`);
}
