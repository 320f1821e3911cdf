import 'reflect-metadata';
import type { CompiledEndpoint } from './compiled-endpoint.js';
import type { EndpointClass } from './instance-factory.js';

/** Another way to declare endpoints than ours: scans such a class and compiles it to the same table. */
export type FrontEnd = (type: EndpointClass) => CompiledEndpoint;

const FRONT_END = Symbol.for('moorage:front-end');

/** For the decorators and base classes of a front end: classes like this one are for it. Subclasses are, too. */
export function declareFrontEnd(type: object, frontEnd: FrontEnd): void {
  Reflect.defineMetadata(FRONT_END, frontEnd, type);
}

export function frontEndOf(type: object): FrontEnd | undefined {
  return Reflect.getMetadata(FRONT_END, type) as FrontEnd | undefined;
}
