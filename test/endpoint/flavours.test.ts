import { decoratedContract } from './endpoint-contract.js';
import type * as Endpoints from './endpoints.js';
import { throughEsbuild } from './through-esbuild.js';

type Classes = typeof Endpoints;

describe('Endpoints with legacy decorators and emitted types', () => {
  decoratedContract(() => import('./endpoints.js'));
});

describe('Endpoints with standard decorators', () => {
  // By its address, or the compiler would read it as a part of this program and its flavour.
  decoratedContract(() => import(new URL('./endpoints.standard.js', import.meta.url).href));
});

describe('Endpoints with legacy decorators and no types, as tsx compiles them', () => {
  decoratedContract(() => throughEsbuild<Classes>('endpoint/endpoints.standard', true));
});

describe('Endpoints with standard decorators, as esbuild lowers them', () => {
  decoratedContract(() => throughEsbuild<Classes>('endpoint/endpoints.standard', false));
});
