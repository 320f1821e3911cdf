import type * as Forms from './message-forms.js';
import { messageFormsContract } from './message-forms-contract.js';
import { throughEsbuild } from './through-esbuild.js';

type Classes = typeof Forms;

describe('Message forms with legacy decorators and emitted types', () => {
  messageFormsContract(() => import('./message-forms.js'));
});

describe('Message forms with standard decorators', () => {
  messageFormsContract(() => import(new URL('./message-forms.standard.js', import.meta.url).href));
});

describe('Message forms with legacy decorators and no types, as tsx compiles them', () => {
  messageFormsContract(() => throughEsbuild<Classes>('message-forms.standard', true));
});

describe('Message forms with standard decorators, as esbuild lowers them', () => {
  messageFormsContract(() => throughEsbuild<Classes>('message-forms.standard', false));
});
