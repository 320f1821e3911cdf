import type { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';

/**
 * Makes the instance of an endpoint class: one for each connection, or one for all of a stateless endpoint. The hook
 * for a dependency injection container:
 *
 * ```ts
 * new WebSocketContainer({ server, instanceFactory: (type, request) => injector.resolve(type) });
 * ```
 *
 * It may be asynchronous; it is awaited before the upgrade is answered, so a failure is an HTTP 500.
 */
export type InstanceFactory = <T extends object>(
  type: InstantiableClass<T>,
  request: UpgradeRequest | undefined,
) => T | Promise<T>;

/** A class that can be constructed. Its parameters are the factory's business. */
export type EndpointClass<T extends object = object> = new (...args: never[]) => T;

/**
 * The same class as a factory is given it: what it passes to the constructor is not checked, since injectors name classes
 * by types (`new (...args: any[]) => T`) that one whose parameters are unknown doesn't fit.
 */
export type InstantiableClass<T extends object = object> = new (...args: unknown[]) => T;

/** The factory where none is given: `new type()`. */
export const construct: InstanceFactory = <T extends object>(type: InstantiableClass<T>): T => new type();
