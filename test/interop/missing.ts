import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/**
 * Whether a program answers. Where it doesn't, the calling suite is left out with a word on how to get it, except in
 * continuous integration (`CI` set): there it fails, since nobody would read that word.
 */
export function requireProgram(context: Context, command: readonly string[], hint: string): void {
  const [program, ...parameters] = command as [string, ...string[]];
  const { status } = spawnSync(program, parameters, { stdio: 'ignore' });
  if (status === 0) return;
  const message = `\`${command.join(' ')}\` does not run here. ${hint}`;
  if (process.env['CI']) throw new Error(message);
  console.warn(`      ${message}`);
  context.skip();
}
