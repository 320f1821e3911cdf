import type { Duplex } from 'node:stream';
import { isRefusal, refuse } from '../protocol/handshake/refusal.js';
import { pathOf, type RequestHead } from '../protocol/handshake/request-head.js';
import {
  checkUpgrade,
  DEFAULT_MAX_HEADER_FIELDS,
  DEFAULT_MAX_URL_LENGTH,
  type HandshakeRules,
} from '../protocol/handshake/server-handshake.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import type { Instrumentation, UpgradeWatch } from './instrumentation.js';
import { refused } from './refused-upgrade.js';
import type { Registration } from './registration.js';
import { type AttemptSurroundings, UpgradeAttempt } from './upgrade-attempt.js';
import type { UpgradeTaker } from './upgrade-listener.js';
import type { Upgrader } from './upgrader.js';

/** For a request that is refused in any case: whatever else is wrong with it goes first. */
const ANY_ORIGIN: HandshakeRules = {
  maxHeaderFields: DEFAULT_MAX_HEADER_FIELDS,
  maxUrlLength: DEFAULT_MAX_URL_LENGTH,
  origins: () => true,
};

/** How a report names what has no endpoint. */
const NO_ENDPOINT = 'WebSocketContainer';

/** Finds the endpoint that an upgrade is for. */
export class UpgradeRouter implements UpgradeTaker {
  readonly #registry: EndpointRegistry<Registration>;
  readonly #upgrader: Upgrader;
  readonly #surroundings: AttemptSurroundings;
  readonly #instrumentation: Instrumentation | undefined;

  constructor(
    registry: EndpointRegistry<Registration>,
    upgrader: Upgrader,
    surroundings: AttemptSurroundings,
    instrumentation?: Instrumentation,
  ) {
    this.#registry = registry;
    this.#upgrader = upgrader;
    this.#surroundings = surroundings;
    this.#instrumentation = instrumentation;
  }

  take(head: RequestHead, socket: Duplex, firstBytes: Buffer): boolean {
    const match = this.#registry.match(pathOf(head.url));
    if (match === undefined) {
      return false;
    }
    const attempt = new UpgradeAttempt(head, socket, firstBytes, this.#surroundings);
    if (match === 'malformed') {
      const other = checkUpgrade(head, ANY_ORIGIN);
      const refusal = isRefusal(other)
        ? other
        : refuse(400, 'The path is not percent-encoded UTF-8, or has dot segments');
      this.#upgrader.refuse(attempt, refused(refusal), NO_ENDPOINT, this.#watch(attempt));
    } else if (this.#instrumentation === undefined) {
      void this.#upgrader.upgrade(attempt, match);
    } else {
      const watch = this.#instrumentation.upgrade(head, socket, match.value.name, match.path);
      watch.run(() => void this.#upgrader.upgrade(attempt, match, watch));
    }
    return true;
  }

  decline(head: RequestHead, socket: Duplex): void {
    const attempt = new UpgradeAttempt(head, socket, Buffer.alloc(0), this.#surroundings);
    const refusal = refuse(404, 'No endpoint is registered for the path');
    this.#upgrader.refuse(attempt, refused(refusal), NO_ENDPOINT, this.#watch(attempt));
  }

  #watch({ head, socket }: UpgradeAttempt): UpgradeWatch | undefined {
    return this.#instrumentation?.upgrade(head, socket, NO_ENDPOINT);
  }
}
