// Mocha's reporter for every stage of `npm test`: mocha's own `spec` on the screen, and the outcome of each test in the
// file that TEST_RESULTS names, written when the run has ended, so that a run that broke off leaves none.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {{ name: string, state: string, milliseconds?: number | undefined, error?: string }[]} */
    const tests = [];
    runner.on('pass', (test) => tests.push({ name: test.fullTitle(), state: 'passed', milliseconds: test.duration }));
    runner.on('pending', (test) => tests.push({ name: test.fullTitle(), state: 'skipped' }));
    runner.on('fail', (test, error) =>
      tests.push({ name: test.fullTitle(), state: 'failed', error: error.stack ?? error.message }),
    );
    runner.once('end', () => {
      const file = process.env.TEST_RESULTS;
      if (file) writeFileSync(file, `${JSON.stringify({ host: process.env.TEST_HOST, tests }, null, 2)}\n`);
    });
  }
};
