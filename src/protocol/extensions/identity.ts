import type { AgreedExtension, Extension, ExtensionInstance } from './extension.js';

const instance: ExtensionInstance = {
  receive: (frame, next) => next(frame),
  send: (frame, next) => next(frame),
};

const agreed: AgreedExtension = { parameters: [], shareKey: '', create: () => instance };

/** Does nothing, as Jetty's extension of that name: for trying out negotiation. Parameters are declined. */
export const identity: Extension = {
  name: 'identity',
  accept: (offered) => (offered.length === 0 ? agreed : null),
  offers: () => [[]],
  confirm: () => agreed,
};
