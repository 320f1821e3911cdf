import { type ContractEndpoints, endpointContract } from '../endpoint/endpoint-contract.js';
import { type RoutedEndpoints, routedFormsContract } from '../endpoint/message-forms-contract.js';
import { throughEsbuild } from '../endpoint/through-esbuild.js';

// What every flavour does alike, Jakarta's does too, whatever compiled it.

type Load<Endpoints> = () => Promise<Endpoints>;

function contracts(title: string, endpoints: Load<ContractEndpoints>, forms: Load<RoutedEndpoints>): void {
  describe(`Jakarta's endpoints ${title}`, () => {
    endpointContract(endpoints);
  });
  describe(`Jakarta's message forms ${title}`, () => {
    routedFormsContract(forms);
  });
}

contracts(
  'with legacy decorators and emitted types',
  () => import('./endpoints.js') as Promise<ContractEndpoints>,
  () => import('./message-forms.js'),
);

contracts(
  'with standard decorators',
  // By its address, or the compiler would read it as a part of this program and its flavour.
  () => import(new URL('./endpoints.standard.js', import.meta.url).href),
  () => import(new URL('./message-forms.standard.js', import.meta.url).href),
);

contracts(
  'with legacy decorators and no types, as tsx compiles them',
  () => throughEsbuild('jakarta/endpoints.standard', true),
  () => throughEsbuild('jakarta/message-forms.standard', true),
);

contracts(
  'with standard decorators, as esbuild lowers them',
  () => throughEsbuild('jakarta/endpoints.standard', false),
  () => throughEsbuild('jakarta/message-forms.standard', false),
);
