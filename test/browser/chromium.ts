import { existsSync } from 'node:fs';

const HINT = 'On Debian: apt-get install -y chromium. Elsewhere: CHROMIUM_PATH=/path/to/chromium npm run test:browser';

/**
 * Where Chromium is: `CHROMIUM_PATH`, or where Debian puts it. Without one the browser tests are left out with a word on
 * how to get it, except in continuous integration (`CI` set): there that is a failure, since nobody would read that word.
 */
export function findChromium(): string | undefined {
  const path = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (existsSync(path)) return path;
  const message = `There is no Chromium at ${path}. ${HINT}`;
  if (process.env['CI']) throw new Error(message);
  console.warn(`  The browser tests were skipped. ${message}`);
  return undefined;
}
