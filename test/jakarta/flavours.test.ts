import { type ContractEndpoints, endpointContract } from '../endpoint/endpoint-contract.js';

// What every flavour does alike, Jakarta's does too.

describe("Jakarta's endpoints with legacy decorators and emitted types", () => {
  endpointContract(() => import('./endpoints.js') as Promise<ContractEndpoints>);
});

describe("Jakarta's endpoints with standard decorators", () => {
  // By its address, or the compiler would read it as a part of this program and its flavour.
  endpointContract(() => import(new URL('./endpoints.standard.js', import.meta.url).href));
});
