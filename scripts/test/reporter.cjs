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
    /** @type {import('./results.mjs').Test[]} */
    const tests = [];
    /** @type {Map<string, string[]>} what went wrong in the tries of a test before the last one */
    const retried = new Map();
    /** @type {Record<string, number>} milliseconds of each file, with its hooks */
    const files = {};
    /** @type {number | undefined} */
    let start;
    const told = (/** @type {Error} */ error) => error.stack ?? error.message;
    /**
     * @param {Mocha.Test} test
     * @param {'passed' | 'failed' | 'skipped'} state
     */
    const outcome = (test, state) => {
      const name = test.fullTitle();
      const retries = retried.get(name);
      return { name, state, file: test.file, milliseconds: test.duration, ...(retries && { retries }) };
    };
    runner.on('retry', (test, error) => {
      const name = test.fullTitle();
      retried.set(name, [...(retried.get(name) ?? []), told(error)]);
    });
    runner.on('pass', (test) => tests.push(outcome(test, 'passed')));
    runner.on('pending', (test) => tests.push(outcome(test, 'skipped')));
    runner.on('fail', (test, error) => tests.push({ ...outcome(test, 'failed'), error: told(error) }));
    runner.on('suite', ({ parent }) => {
      if (parent?.root) start = performance.now();
    });
    runner.on('suite end', ({ parent, file }) => {
      if (parent?.root && file) files[file] = (files[file] ?? 0) + performance.now() - (start ?? 0);
    });
    runner.once('end', () => {
      const file = process.env.TEST_RESULTS;
      if (file) writeFileSync(file, `${JSON.stringify({ host: process.env.TEST_HOST, tests, files }, null, 2)}\n`);
    });
  }
};
