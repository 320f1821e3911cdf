import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { decoratedContract } from './endpoint-contract.js';
import type * as Endpoints from './endpoints.js';

type Classes = typeof Endpoints;

const source = new URL('../../../test/endpoint/endpoints.standard.ts', import.meta.url);

/** As tsx does it: esbuild, with the decorators that the tsconfig asks for and never a type. */
async function throughEsbuild(experimentalDecorators: boolean): Promise<Classes> {
  const { code } = await transform(await readFile(source, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { experimentalDecorators, target: 'ES2022', verbatimModuleSyntax: true } },
  });
  const compiled = new URL(`./endpoints.esbuild-${experimentalDecorators ? 'legacy' : 'standard'}.js`, import.meta.url);
  await mkdir(fileURLToPath(new URL('.', compiled)), { recursive: true });
  await writeFile(compiled, code);
  return import(compiled.href);
}

describe('Endpoints with legacy decorators and emitted types', () => {
  decoratedContract(() => import('./endpoints.js'));
});

describe('Endpoints with standard decorators', () => {
  // By its address, or the compiler would read it as a part of this program and its flavour.
  decoratedContract(() => import(new URL('./endpoints.standard.js', import.meta.url).href));
});

describe('Endpoints with legacy decorators and no types, as tsx compiles them', () => {
  decoratedContract(() => throughEsbuild(true));
});

describe('Endpoints with standard decorators, as esbuild lowers them', () => {
  decoratedContract(() => throughEsbuild(false));
});
