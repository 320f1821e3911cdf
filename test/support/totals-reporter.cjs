'use strict';

// Mocha's spec reporter, which also appends its counts to the file that TEST_TOTALS names, one line of JSON a run.
// Continuous integration runs several suites and adds the lines up for its closing line.

const { appendFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

class TotalsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.TEST_TOTALS;
    if (file === undefined || file === '') return;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(file, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
}

module.exports = TotalsReporter;
