import type { ConnectionOptions } from '../endpoint/config.js';
import type { InstanceFactory } from '../endpoint/instance-factory.js';
import type { Topics } from '../endpoint/topics.js';
import type { HandshakeRules, ValidUpgrade } from '../protocol/handshake/server-handshake.js';
import type { Limited } from './admission.js';
import type { CreatorResponse } from './creator.js';
import type { EventReporter } from './event-reporter.js';
import type { ServedEndpoint } from './served-endpoint.js';
import type { OpenSessions, SessionDirectory } from './session-directory.js';
import type { UpgradeAttempt } from './upgrade-attempt.js';

/** An upgrade that is in order and allowed, before anybody serves it. */
export interface PendingUpgrade {
  readonly attempt: UpgradeAttempt;
  readonly valid: ValidUpgrade;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly principal: unknown;
}

/** Who serves a connection. */
export interface Choice {
  readonly endpoint: ServedEndpoint;
  readonly instance: object;
  /** What a creator wants in the response; undefined where the endpoint's options alone decide. */
  readonly response: CreatorResponse | undefined;
}

/** What stands at a path of a container: one endpoint, or a creator that chooses one for each connection. */
export interface Registration extends Limited {
  readonly rules: HandshakeRules;
  /** @throws RefusedUpgrade, also as a rejection. */
  choose(upgrade: PendingUpgrade): Choice | Promise<Choice>;
  /** The sessions here that belong to a class, an instance or whatever else was registered; undefined when it wasn't here. */
  sessionsOf(asked: unknown): OpenSessions | undefined;
}

/** What a registration needs of its container. */
export interface ServingContainer {
  /** The defaults of the connections. */
  readonly connection: ConnectionOptions;
  readonly factory: InstanceFactory;
  readonly directory: SessionDirectory;
  readonly reporter: EventReporter;
  readonly topics: Topics;
  /** Whether the container has instruments, which see every call of a method. */
  readonly observed: boolean;
}
