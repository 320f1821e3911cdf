/** What the machine offers: cores to pin to, a C compiler, a limit on open files. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const C_SOURCE = fileURLToPath(new URL('../../bench/load/wsload.c', import.meta.url));
const C_BINARY = fileURLToPath(new URL('./wsload', import.meta.url));
const NODE_GENERATOR = fileURLToPath(new URL('./load/node-generator.js', import.meta.url));

export interface Machine {
  /** Put before a command so that it runs on the server's core, or on the generator's; empty where nothing can be pinned. */
  readonly serverPrefix: readonly string[];
  readonly generatorPrefix: readonly string[];
  readonly generator: 'c' | 'node';
  readonly generatorCommand: readonly string[];
  /** Whether the generator can compress: the one in C can, where zlib is installed. */
  readonly deflates: boolean;
  readonly openFiles: number;
  /** In general terms, for the head of the report. */
  readonly description: string;
}

/** @throws {Error} when `wanted` is `c` and there is no compiler, or no epoll. */
export function inspectMachine(wanted: 'auto' | 'c' | 'node'): Machine {
  const cores = allowedCores();
  const pinned = cores.length >= 2;
  const generator = wanted === 'node' ? 'node' : compileGenerator(wanted === 'c');
  const openFiles = openFilesLimit();
  return {
    serverPrefix: pinned ? ['taskset', '-c', String(cores[0])] : [],
    generatorPrefix: pinned ? ['taskset', '-c', String(cores[1])] : [],
    generator,
    deflates: generator === 'c' && canDeflate(),
    generatorCommand: generator === 'c' ? [C_BINARY] : [process.execPath, NODE_GENERATOR],
    openFiles,
    description:
      `Node ${process.versions.node}, ${platform()} ${arch()}, ` +
      (pinned
        ? `server on one core of ${cores.length}, generator on another`
        : 'NOT pinned to cores (no taskset, or one core)') +
      `, generator in ${generator === 'c' ? 'C' : 'Node (costs as much as a server: read the CPU figures)'}`,
  };
}

/** Numbers of the cores this process may use, from `taskset`'s list such as `0,2-3`; none where it isn't found. */
function allowedCores(): number[] {
  const { status, stdout } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
  if (status !== 0) return [];
  const cores: number[] = [];
  const list = stdout.slice(stdout.lastIndexOf(':') + 1).trim();
  for (const range of list.split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    for (let core = first ?? 0; core <= (last ?? 0); core++) cores.push(core);
  }
  return cores;
}

function compileGenerator(required: boolean): 'c' | 'node' {
  if (platform() === 'linux') {
    if (existsSync(C_BINARY) && statSync(C_BINARY).mtimeMs > statSync(C_SOURCE).mtimeMs) return 'c';
    mkdirSync(dirname(C_BINARY), { recursive: true });
    for (const compiler of ['cc', 'gcc', 'clang']) {
      for (const zlib of [['-DZ', '-lz'], []]) {
        const args = ['-O2', '-o', C_BINARY, C_SOURCE, ...zlib];
        if (spawnSync(compiler, args, { stdio: 'ignore' }).status === 0) return 'c';
      }
    }
  }
  if (required) {
    throw new Error('--generator c needs Linux and a C compiler (cc, gcc or clang); --generator node needs neither');
  }
  return 'node';
}

function canDeflate(): boolean {
  const { stdout } = spawnSync('nm', ['-D', C_BINARY], { encoding: 'utf8' });
  return /deflateInit2_/.test(stdout ?? '');
}

function openFilesLimit(): number {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  return stdout?.trim() === 'unlimited' ? 1_000_000 : Number(stdout) || 1024;
}
