'use strict';

// Mocha adds the files of its command line to those of its configuration, so the default stands only where none is
// named: `npx mocha` runs the unit tests, `npx mocha build/test/x.test.js` that file alone. The suites that need a
// browser, Python, a package registry or minutes run only when they are named.

const named = process.argv.slice(2).filter((argument) => argument.startsWith('build/test/'));
const demanding = ['browser', 'conformance', 'hostile', 'interop', 'package'];
const outside = demanding.filter((suite) => !named.some((argument) => argument.startsWith(`build/test/${suite}/`)));

module.exports = {
  spec: named.length > 0 ? [] : ['build/test/**/*.test.js'],
  ignore: outside.map((suite) => `build/test/${suite}/**`),
  reporter: 'test/support/totals-reporter.cjs',
  timeout: 10_000,
  forbidOnly: true,
  // Only for want of a browser or of Python may a test be left out, and in continuous integration not even then.
  forbidPending: outside.length === demanding.length || Boolean(process.env.CI),
};
