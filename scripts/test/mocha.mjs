// Jobs that run test files with mocha.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, runInto } from '../host/run.mjs';
import { secondsOf } from './durations.mjs';
import { readResults } from './results.mjs';

const require = createRequire(import.meta.url);

export const results = path.join(root, 'test-results', process.env.TEST_RESULTS_FOLDER ?? '');
export const out = path.join(root, 'out', 'test');

/** A process is started for each file that takes longer; the others share some, each for about so many seconds. */
const BATCH_SECONDS = 20;

/**
 * Files that one process runs after another.
 *
 * @param {readonly string[]} files
 * @returns {string[][]}
 */
export function batchesOf(files) {
  /** @type {string[][]} */
  const batches = [];
  let left = 0;
  for (const file of files.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    const seconds = secondsOf(file);
    if (left < seconds) {
      batches.push([]);
      left = BATCH_SECONDS;
    }
    batches.at(-1)?.push(file);
    left -= seconds;
  }
  return batches;
}

/**
 * @param {string} stage
 * @param {readonly string[]} files
 * @param {object} [options]
 * @param {number} [options.retries] how often a test that fails is tried again
 * @param {Readonly<Record<string, string>>} [options.variables]
 * @param {string} [options.node] the Node that runs them
 * @returns {import('./queue.mjs').Job[]} each runs with one thread of the runtime
 */
export function mochaJobs(stage, files, options = {}) {
  const { retries = 0, variables = {}, node = process.execPath } = options;
  return batchesOf(files).map((batch, i) => {
    const name = `${stage}-${i + 1}`;
    const [first = '', ...others] = batch.map((file) => path.relative(out, file).replace(/\.test\.js$/, ''));
    const file = path.join(results, `${name}.json`);
    const args = [
      ...['--enable-source-maps', require.resolve('mocha/bin/mocha.js'), '--exit', '--retries', `${retries}`],
      ...['--reporter', path.join(root, 'scripts', 'test', 'reporter.cjs'), ...batch],
    ];
    const env = { ...process.env, GROUP_CAM_THREADS: '1', TEST_PROCESS: name, ...variables, TEST_RESULTS: file };
    return {
      name: `${stage}: ${first}${others.length ? ` and ${others.length} more` : ''}`,
      seconds: batch.reduce((sum, each) => sum + secondsOf(each), 0),
      async run() {
        const { code, output } = await runInto(path.join(results, `${name}.log`), node, args, { env });
        return { tests: readResults(name, file, code), output };
      },
    };
  });
}

/**
 * The bundles of test files in some folders of `test`, in this order; '' is all of it.
 *
 * @param {...string} folders
 */
export function testFiles(...folders) {
  return folders.flatMap((name) => {
    const folder = path.join(out, name);
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
    return files
      .filter((file) => file.endsWith('.test.js'))
      .sort()
      .map((file) => path.join(folder, file));
  });
}
