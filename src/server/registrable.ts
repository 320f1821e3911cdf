import { compileEndpoint, withCodecs } from '../endpoint/compile.js';
import { type EndpointOptions, resolveSettings } from '../endpoint/config.js';
import { ListenerEndpoint, ListenerFactoryEndpoint, type WebSocketListener } from '../endpoint/listener.js';
import { isThenable } from '../endpoint/settle.js';
import { type Creator, CreatorEndpoint } from './creator.js';
import { CreatorRegistration } from './creator-registration.js';
import { EndpointRegistration } from './endpoint-registration.js';
import { observedEndpoint } from './observed-table.js';
import type { Registration, ServingContainer } from './registration.js';
import { ServedEndpoint } from './served-endpoint.js';

/** What was given to `addEndpoint`, found right. */
export interface Registrable {
  readonly name: string;
  /** Its own options, which those of `addEndpoint` are laid over. */
  readonly options: EndpointOptions;
  register(options: EndpointOptions, container: ServingContainer): Registration;
}

/** @throws EndpointError that lists everything that is wrong with it. */
export function registrable(endpoint: object): Registrable {
  if (endpoint instanceof CreatorEndpoint) {
    const { create } = endpoint;
    return created(endpoint, create.name === '' ? 'creator' : create.name, create, endpoint.options);
  }
  if (endpoint instanceof ListenerFactoryEndpoint) {
    const { factory } = endpoint;
    const create: Creator = (request) => {
      const made = factory(request);
      return isThenable(made) ? Promise.resolve(made).then(listenerOf) : listenerOf(made as WebSocketListener);
    };
    return created(endpoint, factory.name === '' ? 'listener' : factory.name, create, endpoint.options);
  }
  const compiled = compileEndpoint(endpoint);
  const { handshake } = compiled;
  if (handshake !== undefined) {
    const create: Creator = (request, response) => {
      const made = handshake(request, response);
      return isThenable(made) ? Promise.resolve(made).then((instance) => instance ?? endpoint) : (made ?? endpoint);
    };
    // Its codecs are in its table already.
    const { decoders: _decoders, encoders: _encoders, ...own } = compiled.options;
    return created(endpoint, compiled.name, create, own);
  }
  return {
    name: compiled.name,
    options: compiled.options,
    register(options, { connection, directory, factory, reporter, topics, observed }) {
      const settings = resolveSettings(connection, { ...compiled.options, ...options });
      const coded = withCodecs(compiled, options);
      const own = observed ? observedEndpoint(coded, settings.onDecodeError === 'ignore') : coded;
      const served = new ServedEndpoint(own, settings, directory.enlist(), factory, reporter, topics);
      return new EndpointRegistration(endpoint, served);
    },
  };
}

function created(given: object, name: string, create: Creator, own: EndpointOptions): Registrable {
  return {
    name,
    options: own,
    register: (options, container) =>
      new CreatorRegistration(given, { create, name }, { ...own, ...options }, container),
  };
}

/** A function may give a listener made by listener(…) as well as the bare object. */
function listenerOf(made: unknown): ListenerEndpoint {
  return made instanceof ListenerEndpoint ? made : new ListenerEndpoint(made as WebSocketListener, {});
}
