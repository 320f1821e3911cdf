import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { requireProgram } from './missing.js';

const CONFIG = `
[req]
distinguished_name = name
prompt = no
[name]
CN = Moorage test
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
`;

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** An authority made for one suite, and what it vouches for. Files because foreign programs read files. */
export class Certificates {
  readonly directory: string;
  readonly ca: string;
  /** For `localhost` and 127.0.0.1; in `server.pem` (with its key) and `server.key`. */
  readonly server: KeyPair;
  readonly client: KeyPair;

  /** @param context to skip the suite where the machine has no OpenSSL. */
  constructor(context: Context) {
    requireProgram(context, ['openssl', 'version'], 'On Debian: apt-get install openssl');
    this.directory = mkdtempSync(join(tmpdir(), 'moorage-tls-'));
    writeFileSync(join(this.directory, 'openssl.cnf'), CONFIG);
    this.ca = this.#make('authority').cert;
    this.server = this.#make('server', '-CA', this.path('authority.crt'), '-CAkey', this.path('authority.key'));
    this.client = this.#make('client', '-CA', this.path('authority.crt'), '-CAkey', this.path('authority.key'));
    writeFileSync(this.path('server.pem'), `${this.server.cert}${this.server.key}`);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #make(name: string, ...issuer: string[]): KeyPair {
    const [key, cert] = [this.path(`${name}.key`), this.path(`${name}.crt`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const certificate = ['-config', this.path('openssl.cnf'), '-extensions', name, '-subj', `/CN=Moorage test ${name}`];
    execFileSync(
      'openssl',
      ['req', '-x509', '-days', '2', ...curve, ...certificate, ...issuer, '-keyout', key, '-out', cert],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  }
}
