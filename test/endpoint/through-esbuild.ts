import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const sources = new URL('../../../test/', import.meta.url);
const built = new URL('../', import.meta.url);

/** A file of the tests, as in 'endpoint/endpoints.standard', as tsx compiles it: esbuild, with the decorators that the tsconfig asks for and never a type. */
export async function throughEsbuild<Module>(name: string, experimentalDecorators: boolean): Promise<Module> {
  const { code } = await transform(await readFile(new URL(`${name}.ts`, sources), 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { experimentalDecorators, target: 'ES2022', verbatimModuleSyntax: true } },
  });
  const flavour = experimentalDecorators ? 'legacy' : 'standard';
  const compiled = new URL(`${name.replace('.standard', '')}.esbuild-${flavour}.js`, built);
  await mkdir(fileURLToPath(new URL('.', compiled)), { recursive: true });
  await writeFile(compiled, code);
  return (await import(compiled.href)) as Module;
}
