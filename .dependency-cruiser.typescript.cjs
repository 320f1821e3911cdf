'use strict';

// dependency-cruiser and typedoc read TypeScript through the compiler's JavaScript interface, which `typescript` 7 no
// longer has. Preloaded (`node --require`), this gives them the 5.9 compiler that is installed under another name.

const Module = require('node:module');
const { pathToFileURL } = require('node:url');

const nameOf = (name) => name.replace(/^typescript(?=$|\/)/, 'typescript-5.9');

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(name, ...rest) {
  return resolveFilename.call(this, nameOf(name), ...rest);
};

const hook = `
  const nameOf = ${nameOf};
  export const resolve = (name, context, next) => next(nameOf(name), context);
`;
Module.register(`data:text/javascript,${encodeURIComponent(hook)}`, pathToFileURL(__filename));
