import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { leaveOut, requireProgram } from './missing.js';

// Jetty 9.4 as Debian has it: its WebSocket is in libjetty9-extra-java, which brings the rest of it.

const SOURCES = fileURLToPath(new URL('../../../test/interop/jetty/', import.meta.url));
const PROGRAMS = ['EndpointServer', 'ScenarioClient'] as const;

const PARTS = ['client', 'http', 'io', 'security', 'server', 'servlet', 'util', 'xml'];
const WEBSOCKET_PARTS = ['api', 'client', 'common', 'server', 'servlet'];
const JARS = [
  ...PARTS.map((part) => `jetty9-${part}`),
  ...WEBSOCKET_PARTS.map((part) => `jetty9-websocket-${part}`),
  'servlet-api',
].map((name) => `/usr/share/java/${name}.jar`);

const HINT = 'On Debian: apt-get install default-jdk-headless libjetty9-extra-java';

let compiled: Promise<string> | undefined;

/** The command that runs one of the programs in `jetty/`; compiles them at the first call. */
export async function jettyProgram(context: Context, program: (typeof PROGRAMS)[number]): Promise<readonly string[]> {
  requireProgram(context, ['javac', '-version'], HINT);
  const missing = JARS.find((jar) => !existsSync(jar));
  if (missing !== undefined) leaveOut(context, `There is no ${missing}. ${HINT}`);
  compiled ??= compile();
  const classes = await compiled;
  // The client compiler alone: the programs are short, and most of their time would go to optimising them.
  return ['java', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-cp', [classes, ...JARS].join(':'), program];
}

async function compile(): Promise<string> {
  const classes = mkdtempSync(join(tmpdir(), 'moorage-jetty-'));
  process.once('exit', () => rmSync(classes, { recursive: true, force: true }));
  const sources = PROGRAMS.map((program) => join(SOURCES, `${program}.java`));
  await promisify(execFile)('javac', [
    '-encoding',
    'UTF-8',
    '-Xlint:all',
    '-cp',
    JARS.join(':'),
    '-d',
    classes,
    ...sources,
  ]);
  return classes;
}
