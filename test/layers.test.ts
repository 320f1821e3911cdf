import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

// The check of import directions is only worth something if it fails where it should.

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Verdict {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the project's check over a small tree of the given files. */
async function check(files: Readonly<Record<string, string>>): Promise<Verdict> {
  await mkdir(join(root, 'build'), { recursive: true });
  const folder = await mkdtemp(join(root, 'build', 'layers-'));
  try {
    for (const name of ['package.json', 'tsconfig.json', 'tsconfig.base.json', '.dependency-cruiser.cjs']) {
      await cp(join(root, name), join(folder, name));
    }
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(folder: string): Promise<Verdict> {
  const command = [
    '--require',
    join(root, '.dependency-cruiser.typescript.cjs'),
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    'src',
  ];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: folder }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe('Import directions', function () {
  this.timeout(60_000);

  it('lets imports point down', async () => {
    const verdict = await check({
      'src/protocol/opcode.ts': `import { createHash } from 'node:crypto';\nexport const hash = createHash;\n`,
      'src/engine/contract.ts': `import type { hash } from '../protocol/opcode.js';\nexport type Hash = typeof hash;\n`,
      'src/endpoint/session.ts': `import type { Hash } from '../engine/contract.js';\nexport type Id = Hash;\n`,
      'src/server/container.ts': `import type { Id } from '../endpoint/session.js';\nexport type Ids = Id[];\n`,
      'src/index.ts': `export type { Ids } from './server/container.js';\n`,
    });
    expect(verdict.output).to.include('no dependency violations found');
    expect(verdict.exitCode).to.equal(0);
  });

  it('refuses each that does not, type-only ones among them', async () => {
    const { exitCode, output } = await check({
      'src/index.ts': `export { first } from './messages/first.js';\n`,
      'src/protocol/impure.ts': `import type { Server } from 'node:http';\nexport type Impure = Server;\n`,
      'src/protocol/upward.ts': `import type { Pump } from '../engine/connection.js';\nexport type Upward = Pump;\n`,
      'src/messages/first.ts': `import type { Second } from './second.js';\nexport const first = 1 as Second;\n`,
      'src/messages/second.ts': `import type { first } from './first.js';\nexport type Second = typeof first | number;\n`,
      'src/messages/through-barrel.ts': `import { first } from '../index.js';\nexport const again = first;\n`,
      'src/engine/connection.ts': `import { Socket } from 'node:net';\nexport type Pump = Socket;\n`,
      'src/endpoint/decorators.ts': `import type { Pump } from '../engine/connection.js';\nexport type Mark = Pump;\n`,
      'src/endpoint/inline.ts': `export type Late = import('../server/container.js').Container;\n`,
      'src/server/container.ts': `import { WebSocket } from 'ws';\nexport type Container = WebSocket;\n`,
      'src/server/absent.ts': `import { gone } from './gone.js';\nexport const found = gone;\n`,
      'src/server/alone.ts': `export const alone = true;\n`,
    });
    for (const violation of [
      'protocol-is-pure: src/protocol/impure.ts → http',
      'protocol-imports-down-only: src/protocol/upward.ts → src/engine/connection.ts',
      'no-cycles: src/messages/',
      'no-barrel-from-inside: src/messages/through-barrel.ts → src/index.ts',
      'endpoint-imports-down-only: src/endpoint/decorators.ts → src/engine/connection.ts',
      'decorators-load-no-server: src/endpoint/decorators.ts → src/engine/connection.ts',
      'endpoint-imports-down-only: src/endpoint/inline.ts → src/server/container.ts',
      'one-runtime-dependency: src/server/container.ts → ../../node_modules/ws/',
      'nothing-unresolved: src/server/absent.ts → ./gone.js',
      'no-orphans: src/server/alone.ts',
    ]) {
      expect(output).to.include(violation);
    }
    expect(exitCode).to.not.equal(0);
  });
});
