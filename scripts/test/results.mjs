// Reads the results of test runs, and writes the last lines of `npm test`.
import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Test
 * @property {string} name
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string | undefined} [file]
 * @property {number | undefined} [milliseconds]
 * @property {string} [error]
 * @property {string[]} [retries] the errors of the attempts before the last one
 */

/**
 * The tests of one run; a run that left no results, or that failed although no test did, counts as a failed test.
 *
 * @param {string} name
 * @param {string} file
 * @param {number} code
 * @returns {Test[]}
 */
export function readResults(name, file, code) {
  /** @type {Test[]} */
  const tests = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).tests : [];
  if (tests.some((test) => test.state === 'failed') || (code === 0 && tests.length)) return tests;
  return [...tests, { name: `${name}: ended with code ${code} after ${tests.length} tests`, state: 'failed' }];
}

/**
 * Lists skipped, retried and failed tests; the last line says how many passed.
 *
 * @param {readonly Test[]} tests
 * @returns {string}
 */
export function summaryOf(tests) {
  const having = (/** @type {Test['state']} */ state) => tests.filter((test) => test.state === state);
  const retried = tests.filter((test) => test.retries);
  const firstLine = (/** @type {string} */ text) => text.split('\n')[0];
  const lines = [
    ...having('skipped').map(({ name }) => `skipped: ${name}`),
    ...retried.map(({ name, retries }) => `tried again: ${name}: ${retries?.map(firstLine).join('; ')}`),
    ...(retried.length ? [`${retried.length} of ${tests.length} tests were tried again`] : []),
    ...having('failed').map(({ name, error }) => `failed: ${name}${error ? `: ${firstLine(error)}` : ''}`),
  ];
  const skipped = having('skipped').length;
  const counts = [`${having('passed').length} passed`, `${having('failed').length} failed`];
  return [...lines, '', [...counts, ...(skipped ? [`${skipped} skipped`] : [])].join(', ')].join('\n');
}
