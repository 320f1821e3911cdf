import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { AS_COMMON_JS, AS_MODULE, JAVASCRIPT_COMMON_JS, SUBPATHS, SUBPATHS_PRINTED } from './programs.js';

// The package as a user gets it: packed from a clean build, installed into an empty project, compiled and run there.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const execute = promisify(execFile);

async function run(cwd: string, program: string, ...parameters: string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, parameters, { cwd, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[program, ...parameters].join(' ')} failed:\n${stdout}${stderr}`);
  }
}

const compilers = {
  'TypeScript 7': join(root, 'node_modules/typescript/bin/tsc'),
  'TypeScript 5.9': join(root, 'node_modules/typescript-5.9/bin/tsc'),
} as const;

const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

const decorators = {
  legacy: { experimentalDecorators: true, emitDecoratorMetadata: true },
  standard: { experimentalDecorators: false },
} as const;

/** The examples of the README that stand alone: of packages they import `moorage` only. */
async function readmeExamples(): Promise<string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
  return examples.filter((example) => {
    const imported = [...example.matchAll(/from '([^']+)'/g)].map((match) => match[1] as string);
    return imported.includes('moorage') && imported.every((name) => /^(moorage|node:)/.test(name));
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

describe('The package', () => {
  let scratch: string;
  let tarball: string;
  let project: string;
  let installed: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'moorage-package-'));

    const checkout = join(scratch, 'checkout');
    await mkdir(checkout);
    for (const name of await readdir(root)) {
      if (!/^(\.git|node_modules|dist|build|coverage)$/.test(name)) {
        await cp(join(root, name), join(checkout, name), { recursive: true });
      }
    }
    await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
    await run(checkout, 'npm', 'pack', '--silent', '--pack-destination', scratch);
    const packed = (await readdir(scratch)).filter((name) => name.endsWith('.tgz'));
    expect(packed).to.have.lengthOf(1);
    tarball = join(scratch, packed[0] as string);

    project = join(scratch, 'project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
    await run(project, 'npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', tarball);
    await mkdir(join(project, 'node_modules/@types'));
    await symlink(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'));
    installed = join(project, 'node_modules/moorage');
  });

  after(() => rm(scratch, { recursive: true, force: true }));

  /** Compiles files in the empty project, the package's declarations checked along with them. */
  async function compile(compiler: string, options: object, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text);
    const compilerOptions = { target: 'es2022', strict: true, exactOptionalPropertyTypes: true, types: ['node'] };
    const configuration = { compilerOptions: { ...compilerOptions, ...options }, files: Object.keys(files) };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(configuration));
    await run(project, process.execPath, compiler, '-p', 'tsconfig.json');
  }

  describe('Content', () => {
    it('is what was built, its sources and its papers', async () => {
      const names = await filesBelow(installed);
      const strange = names.filter(
        (name) =>
          !/^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts)$/.test(name) &&
          !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/.test(name),
      );
      expect(strange).to.deep.equal([]);
      expect(names).to.include.members(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md']);
      expect(names).to.include.members(['dist/index.js', 'dist/index.d.ts', 'dist/protocol/index.js']);
    });

    it('has the map that each file names, and the source that each map names', async () => {
      const names = (await filesBelow(join(installed, 'dist'))).filter((name) => /\.(js|ts)$/.test(name));
      expect(names).to.not.be.empty;
      for (const name of names) {
        const file = join(installed, 'dist', name);
        const map = /^\/\/# sourceMappingURL=(.+)$/m.exec(await readFile(file, 'utf8'))?.[1];
        expect(map, `the source map of ${name}`).to.be.a('string');
        const mapFile = join(dirname(file), map as string);
        const { sources } = JSON.parse(await readFile(mapFile, 'utf8')) as { sources: string[] };
        for (const source of sources) {
          expect(existsSync(join(dirname(mapFile), source)), `${name}: ${source} is in the package`).to.equal(true);
        }
      }
    });

    it('brings reflect-metadata and nothing else', async () => {
      const names = (await readdir(join(project, 'node_modules'))).filter((name) => !/^[.@]/.test(name));
      expect(names.sort()).to.deep.equal(['moorage', 'reflect-metadata']);
    });

    it('has nothing that publint objects to', async () => {
      await run(scratch, process.execPath, join(root, 'node_modules/publint/src/cli.js'), '--strict', tarball);
    });
  });

  for (const [compilerName, compiler] of Object.entries(compilers)) {
    describe(compilerName, () => {
      for (const [resolution, resolutionOptions] of Object.entries(resolutions)) {
        for (const [flavour, decoratorOptions] of Object.entries(decorators)) {
          it(`type-checks an endpoint: ${resolution} resolution, ${flavour} decorators`, async () => {
            const options = { ...resolutionOptions, ...decoratorOptions, noEmit: true };
            await compile(compiler, options, { 'endpoint.ts': AS_MODULE[flavour as keyof typeof AS_MODULE] });
          });
        }

        for (const [flavour, decoratorOptions] of Object.entries(decorators)) {
          it(`type-checks a program of every subpath: ${resolution} resolution, ${flavour} decorators`, async () => {
            // Programs get a page's types by default, and a server's program may do without.
            const lib = resolution === 'nodenext' ? { lib: ['es2023', 'esnext.disposable'] } : {};
            const options = { ...resolutionOptions, ...decoratorOptions, ...lib, noEmit: true };
            await compile(compiler, options, { 'subpaths.ts': SUBPATHS });
          });
        }

        it(`type-checks the README’s examples: ${resolution} resolution`, async () => {
          const examples = await readmeExamples();
          expect(examples, 'examples of the README that stand alone').to.not.be.empty;
          const files = Object.fromEntries(
            examples.map((text, index) => [`readme-${index}.ts`, `${text}\nexport {};\n`]),
          );
          await compile(compiler, { ...resolutionOptions, ...decorators.legacy, noEmit: true }, files);
        });
      }

      for (const [flavour, decoratorOptions] of Object.entries(decorators)) {
        it(`compiles a module with ${flavour} decorators that runs`, async () => {
          const options = { ...resolutions.nodenext, ...decoratorOptions };
          await compile(compiler, options, { 'module.ts': AS_MODULE[flavour as keyof typeof AS_MODULE] });
          expect(await run(project, process.execPath, 'module.js')).to.equal('101 welcome\n');
        });
      }

      it('compiles a module that imports every subpath and runs', async () => {
        await compile(compiler, { ...resolutions.nodenext, ...decorators.legacy }, { 'subpaths.ts': SUBPATHS });
        expect(await run(project, process.execPath, 'subpaths.js')).to.equal(SUBPATHS_PRINTED);
      });

      it('compiles CommonJS that requires every subpath and runs', async () => {
        await compile(compiler, { ...resolutions.nodenext, ...decorators.standard }, { 'subpaths.cts': SUBPATHS });
        expect(await run(project, process.execPath, 'subpaths.cjs')).to.equal(SUBPATHS_PRINTED);
      });

      it('compiles CommonJS that requires the package and runs', async () => {
        await compile(compiler, { ...resolutions.nodenext, ...decorators.legacy }, { 'common.cts': AS_COMMON_JS });
        expect(await run(project, process.execPath, 'common.cjs')).to.equal('101 welcome\n');
      });
    });
  }

  it('is required from CommonJS as the one module that imports see too, by every door', async () => {
    const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { exports: object };
    const doors = Object.keys(exports).filter((door) => !door.endsWith('.json'));
    await writeFile(join(project, 'plain.cjs'), JAVASCRIPT_COMMON_JS);
    expect(await run(project, process.execPath, 'plain.cjs', ...doors)).to.equal(
      `${doors.map(() => true)} true true\n`,
    );
  });
});
