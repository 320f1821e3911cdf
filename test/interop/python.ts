import type { Context } from 'mocha';
import { requireProgram } from './missing.js';

/** Debian's interpreter, since Debian's python3-websockets is not seen by another one. */
export const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

export function requirePythonWebsockets(context: Context): void {
  requireProgram(context, [PYTHON, '-c', 'import websockets'], 'On Debian: apt-get install python3-websockets');
}
