import { listener, type WebSocketListener } from 'moorage';
import { connect } from './connect.js';
import type * as Forms from './message-forms.js';
import * as listeners from './message-forms.listeners.js';
import { messageFormsContract, routedFormsContract } from './message-forms-contract.js';
import { throughEsbuild } from './through-esbuild.js';

type Classes = typeof Forms;

describe('Message forms with legacy decorators and emitted types', () => {
  routedFormsContract(() => import('./message-forms.js'));
});

describe('Message forms with standard decorators', () => {
  routedFormsContract(() => import(new URL('./message-forms.standard.js', import.meta.url).href));
});

describe('Message forms with legacy decorators and no types, as tsx compiles them', () => {
  routedFormsContract(() => throughEsbuild<Classes>('endpoint/message-forms.standard', true));
});

describe('Message forms with standard decorators, as esbuild lowers them', () => {
  routedFormsContract(() => throughEsbuild<Classes>('endpoint/message-forms.standard', false));
});

describe('Message forms of listeners', () => {
  messageFormsContract(
    async () => listeners,
    (type, options) => {
      const instance = new type();
      const { options: own } = type as { readonly options?: object };
      return connect(type, { ...options, instance, endpoint: listener(instance as WebSocketListener, own) });
    },
  );
});
