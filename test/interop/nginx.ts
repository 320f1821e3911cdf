import type { Context } from 'mocha';
import { requireProgram } from './missing.js';
import { type ProxyPlan, type ReverseProxy, SILENCE, startProxy } from './proxy.js';

const NGINX = process.env['NGINX'] ?? '/usr/sbin/nginx';

export function startNginx(context: Context, { upstream, certificate }: ProxyPlan): Promise<ReverseProxy> {
  requireProgram(context, [NGINX, '-v'], 'On Debian: apt-get install nginx-light');
  return startProxy(
    (configuration) => [NGINX, '-e', 'stderr', '-c', configuration],
    ({ directory, port, securePort }) => `
daemon off;
worker_processes 1;
pid ${directory}/pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      close;
  }
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${securePort} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${certificate};

    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_read_timeout ${SILENCE}s;
    proxy_send_timeout ${SILENCE}s;

    location / {
      proxy_pass http://127.0.0.1:${upstream};
    }
    location /app/ {
      proxy_pass http://127.0.0.1:${upstream}/;
    }
    location /hidden/ {
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_pass http://127.0.0.1:${upstream}/;
    }
  }
}
`,
  );
}
