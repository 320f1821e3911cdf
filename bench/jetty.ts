/** Jetty 9.4, from where Debian puts it, and the program that is measured, compiled for this run. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Launch } from './server-process.js';

const SOURCE = fileURLToPath(new URL('../../bench/servers/jetty/BenchServer.java', import.meta.url));
const CLASSES = fileURLToPath(new URL('./servers/jetty/', import.meta.url));
const LIBRARIES = '/usr/share/java';
const PARTS = ['http', 'io', 'security', 'server', 'servlet', 'util'];
const WEBSOCKET_PARTS = ['api', 'common', 'server', 'servlet'].map((part) => `websocket-${part}`);
const JARS = ['servlet-api', ...[...PARTS, ...WEBSOCKET_PARTS].map((part) => `jetty9-${part}`)].map(
  (name) => `${name}.jar`,
);
const QUIET = ['-Dorg.eclipse.jetty.LEVEL=OFF', '-Dorg.eclipse.jetty.util.log.announce=false'];
const HINT = 'on Debian: apt-get install default-jdk-headless libjetty9-extra-java';

export interface Jetty {
  readonly launch: Launch;
  /** For the head of the report. */
  readonly description: string;
}

/** @returns why not, in words for the reader, where this machine can't run it. */
export function findJetty(libraries = LIBRARIES): Jetty | string {
  const jars = JARS.map((name) => `${libraries}/${name}`);
  const missing = jars.find((jar) => !existsSync(jar));
  if (missing !== undefined) return `there is no ${missing} (${HINT})`;
  const compiler = spawnSync('javac', ['-nowarn', '-cp', jars.join(':'), '-d', CLASSES, SOURCE], { encoding: 'utf8' });
  if (compiler.error) return `there is no javac (${HINT})`;
  if (compiler.status !== 0) return `javac refuses its program: ${compiler.stderr.trim()}`;
  // Beside each jar that the class path names stands one with its version.
  const version = readdirSync(libraries).flatMap((name) => /^jetty9-server-(\d+\.\d+\.\d+)/.exec(name)?.[1] ?? [])[0];
  const java = /\d[\d.]*/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[0];
  return {
    launch: {
      // Nothing is tuned: collector and heap are what the virtual machine chooses for the cores that it is given.
      command: ['java', ...QUIET, '-cp', [CLASSES, ...jars].join(':'), 'BenchServer'],
      // Its threads suspend each other with SIGUSR2, by which the generator asks for a collection; so by another one.
      environment: { _JAVA_SR_SIGNUM: '38' },
    },
    description: `Jetty ${version ?? '9'} on Java ${java ?? '?'}`,
  };
}
