// Runs test files with mocha, several processes beside each other.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { root, run } from '../host/run.mjs';
import { byDuration } from './durations.mjs';
import { readResults } from './results.mjs';

const require = createRequire(import.meta.url);

export const results = path.join(root, 'test-results', process.env.TEST_RESULTS_FOLDER ?? '');
export const out = path.join(root, 'out', 'test');

/** Of memory that one process with tests of large models takes. */
const PROCESS_BYTES = 4 * 2 ** 30;
const PROCESSES = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / PROCESS_BYTES)));

/**
 * Each file runs in a process of its own or in one that has run others; as many at a time as there are processors, each
 * with one thread of the runtime. Several processes begin with the files that take longest.
 *
 * @param {string} name of the file with the results
 * @param {readonly string[]} files
 * @param {object} [options]
 * @param {number} [options.retries] how often a test that fails is tried again
 * @param {number} [options.processes] at a time
 * @param {Readonly<Record<string, string>>} [options.variables]
 * @param {string} [options.node] the Node that runs them
 */
export async function mocha(name, files, options = {}) {
  const { retries = 0, processes = PROCESSES, variables = {}, node = process.execPath } = options;
  const file = path.join(results, `${name}.json`);
  const code = await run(
    node,
    [
      ...['--enable-source-maps', require.resolve('mocha/bin/mocha.js')],
      ...['--reporter', path.join(root, 'scripts', 'test', 'reporter.cjs')],
      ...['--retries', `${retries}`, ...(processes > 1 ? ['--parallel', '--jobs', `${processes}`] : [])],
      ...(processes > 1 ? byDuration(files) : files),
    ],
    { env: { ...process.env, GROUP_CAM_THREADS: '1', ...variables, TEST_RESULTS: file } },
  );
  return readResults(name, file, code);
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
