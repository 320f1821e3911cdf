import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** As {@link leaveOut}, unless the program answers. */
export function requireProgram(context: Context, command: readonly string[], hint: string): void {
  const [program, ...parameters] = command as [string, ...string[]];
  const { status } = spawnSync(program, parameters, { stdio: 'ignore' });
  if (status !== 0) leaveOut(context, `\`${command.join(' ')}\` does not run here. ${hint}`);
}

/**
 * Leaves the calling suite out with a word on what is missing and how to get it, except in continuous integration
 * (`CI` set): there it fails, since nobody would read that word.
 */
export function leaveOut(context: Context, message: string): never {
  if (process.env['CI']) throw new Error(message);
  console.warn(`      ${message}`);
  return context.skip();
}
