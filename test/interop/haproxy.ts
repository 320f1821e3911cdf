import type { Context } from 'mocha';
import { requireProgram } from './missing.js';
import { type ProxyPlan, type ReverseProxy, SILENCE, startProxy } from './proxy.js';

const HAPROXY = process.env['HAPROXY'] ?? '/usr/sbin/haproxy';

export function startHaproxy(context: Context, { upstream, certificate }: ProxyPlan): Promise<ReverseProxy> {
  requireProgram(context, [HAPROXY, '-v'], 'On Debian: apt-get install haproxy');
  return startProxy(
    (configuration) => [HAPROXY, '-db', '-f', configuration],
    ({ port, securePort }) => `
global
  maxconn 256

defaults
  mode http
  timeout connect 5s
  timeout client ${SILENCE}s
  timeout server ${SILENCE}s
  timeout tunnel ${SILENCE}s

frontend front
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${securePort} ssl crt ${certificate} alpn h2,http/1.1
  option forwardfor
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  http-request set-header X-Forwarded-Proto http unless { ssl_fc }
  http-request set-header Host 127.0.0.1:${upstream} if { path_beg /hidden/ }
  http-request replace-path /(app|hidden)/(.*) /\\2
  default_backend moorage

backend moorage
  server only 127.0.0.1:${upstream}
`,
  );
}
