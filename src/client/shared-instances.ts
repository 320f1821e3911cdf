import type { InstanceFactory, InstantiableClass } from '../endpoint/instance-factory.js';
import { isThenable } from '../endpoint/settle.js';

/** A factory that makes one instance of each class, for all connections of a stateless endpoint; another when that failed. */
export function onceForEach(factory: InstanceFactory): InstanceFactory {
  const made = new WeakMap<InstantiableClass, object>();
  return <T extends object>(type: InstantiableClass<T>, request: Parameters<InstanceFactory>[1]): T | Promise<T> => {
    const known = made.get(type) as T | Promise<T> | undefined;
    if (known !== undefined) {
      return known;
    }
    const instance = factory(type, request);
    made.set(type, instance);
    if (isThenable(instance)) {
      instance.then(undefined, () => made.delete(type));
    }
    return instance;
  };
}
