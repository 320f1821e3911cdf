/** Inputs that were once taken badly, each with what it was. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Crash } from './fuzzer.js';

export interface Case {
  readonly target: string;
  readonly what: string;
  readonly input: object;
}

// From build/test/fuzz, where this runs.
const CORPUS = fileURLToPath(new URL('../../../test/fuzz/corpus/', import.meta.url));
const FOUND = fileURLToPath(new URL('../../fuzz/', import.meta.url));

export function corpus(): Case[] {
  const names = readdirSync(CORPUS).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => readCase(`${CORPUS}${name}`));
}

export function readCase(path: string): Case {
  return JSON.parse(readFileSync(path, 'utf8')) as Case;
}

/** Writes a crash as a case, and returns where to. */
export function writeCrash(crash: Crash): string {
  const { target, message, input } = crash;
  const path = `${FOUND}${target}-${slug(crash.rule)}.json`;
  mkdirSync(FOUND, { recursive: true });
  writeFileSync(path, `${JSON.stringify({ target, what: message, input } satisfies Case, undefined, 2)}\n`);
  return path;
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
