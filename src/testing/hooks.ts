import { construct, type InstanceFactory, type InstantiableClass } from '../endpoint/instance-factory.js';
import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { type AuthorizeHook, accept } from '../server/authorization.js';
import type { ContainerOptions } from '../server/container-options.js';
import type { Quiet } from './quiet.js';

/** What a test brings along for one connection, in place of what the application's hooks would give. */
export interface Brought {
  readonly principal?: unknown;
  readonly instance?: object | undefined;
}

/** Puts what tests bring in front of the application's hooks, and keeps an eye on these while they run. */
export class BenchHooks {
  readonly #brought = new Map<string, Brought>();
  readonly #running = new Map<string, (() => void)[]>();
  readonly #options: ContainerOptions;
  readonly #quiet: Quiet;
  readonly #now: () => number;

  constructor(options: ContainerOptions, quiet: Quiet, now: () => number) {
    this.#options = options;
    this.#quiet = quiet;
    this.#now = now;
  }

  /** @param key of the handshake, by which the connection's request is known. */
  bring(key: string, brought: Brought): void {
    this.#brought.set(key, brought);
  }

  /** The connection is open, or never will be: nobody waits for its hooks any more. */
  forget(key: string): void {
    this.#brought.delete(key);
    for (const done of this.#running.get(key) ?? []) done();
    this.#running.delete(key);
  }

  readonly authorize: AuthorizeHook = (request, context) => {
    const brought = this.#for(request);
    if (brought !== undefined && 'principal' in brought) {
      return accept(brought.principal);
    }
    const hook = this.#options.authorize;
    return hook === undefined
      ? accept(undefined)
      : this.#watched('authorize hook', context.endpoint, request, hook(request, context));
  };

  readonly instanceFactory: InstanceFactory = <T extends object>(
    type: InstantiableClass<T>,
    request: UpgradeRequest | undefined,
  ): T | Promise<T> => {
    const instance = this.#for(request)?.instance;
    if (instance !== undefined) {
      return instance as T;
    }
    const factory = this.#options.instanceFactory ?? construct;
    return this.#watched('instance factory', type.name, request, factory(type, request));
  };

  #for(request: UpgradeRequest | undefined): Brought | undefined {
    return this.#brought.get(keyOf(request));
  }

  #watched<T>(what: string, endpoint: string, request: UpgradeRequest | undefined, result: T): T {
    if (typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function') {
      const done = this.#quiet.watch({ endpoint, what, since: this.#now() }, result as unknown as PromiseLike<unknown>);
      const key = keyOf(request);
      this.#running.set(key, [...(this.#running.get(key) ?? []), done]);
    }
    return result;
  }
}

function keyOf(request: UpgradeRequest | undefined): string {
  return request?.header('sec-websocket-key') ?? '';
}
