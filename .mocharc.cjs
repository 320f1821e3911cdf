'use strict';

// Mocha adds the files of its command line to those of its configuration, so the default stands only where none is
// named: `npx mocha` runs the unit tests, `npx mocha build/test/x.test.js` that file alone. The suites that need a
// browser, Python or a package registry run only when they are named.

const named = process.argv.slice(2).filter((argument) => argument.startsWith('build/test/'));
const outside = ['browser', 'interop', 'package'];

module.exports = {
  spec: named.length > 0 ? [] : ['build/test/**/*.test.js'],
  ignore: outside
    .map((name) => `build/test/${name}/**`)
    .filter((glob) => !named.includes(glob.replace('**', '*.test.js'))),
  reporter: 'test/support/totals-reporter.cjs',
  timeout: 10_000,
  forbidOnly: true,
  forbidPending: true,
};
