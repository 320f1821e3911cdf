import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocketContainer } from '../server/container.js';
import type { ContainerState } from '../server/shutdown.js';
import { answer } from './answer.js';
import { checkOptions, FUNCTION } from './options.js';

/** How a container is doing. */
export interface HealthReport {
  /** Whether new connections should be sent here. False from the moment it begins to close. */
  readonly ready: boolean;
  readonly state: ContainerState;
  readonly openConnections: number;
}

export interface HealthOptions {
  /** Whether the rest of the application is ready too: its database, a warm-up. What it throws means no. Default: yes. */
  readonly isReady?: () => boolean | PromiseLike<boolean>;
}

/** What is known of a container's health, to be answered by whatever means. */
export function healthReport(container: WebSocketContainer): HealthReport {
  const { state, openSessions } = container;
  return Object.freeze({ ready: state === 'open', state, openConnections: openSessions.size });
}

/**
 * Answers health checks over plain HTTP, of any server, the container's or another; upgrades are not touched.
 * By the end of the path:
 *
 * - `…/live`: 200 as long as the process answers at all;
 * - `…/ready`: 200 while the container takes new connections, 503 from the moment it closes;
 * - anything else: as `ready`, with the same JSON body, `{ "ready": true, "state": "open", "openConnections": 17 }`.
 *
 * @example
 * app.use('/health', healthHandler(container));                            // Express
 * const health = healthHandler(container);                                 // node:http
 * const server = createServer((request, response) =>
 *   request.url?.startsWith('/health') ? health(request, response) : app(request, response));
 */
export function healthHandler(
  container: WebSocketContainer,
  options: HealthOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  checkOptions('healthHandler', options, { isReady: FUNCTION });
  const { isReady } = options;
  const report = async (): Promise<HealthReport> => {
    const own = healthReport(container);
    return own.ready && isReady !== undefined ? { ...own, ready: await ask(isReady) } : own;
  };
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (path.endsWith('/live')) {
      answer(request, response, 200, JSON_TYPE, '{"live":true}\n');
      return;
    }
    void report().then((found) =>
      answer(request, response, found.ready ? 200 : 503, JSON_TYPE, `${JSON.stringify(found)}\n`),
    );
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

async function ask(isReady: () => boolean | PromiseLike<boolean>): Promise<boolean> {
  try {
    return (await isReady()) === true;
  } catch {
    return false;
  }
}
