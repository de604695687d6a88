// The stages of `npm test`: what each needs of the system, and the jobs that it consists of.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { command, newerNode } from '../host/node.mjs';
import { root, runInto } from '../host/run.mjs';
import { BROWSER, PYTORCH, QUEUES, VULKAN } from '../host/system.mjs';
import { mochaJobs, out, results, testFiles } from './mocha.mjs';
import { runInSecondHost, runSuite } from './suite.mjs';

/**
 * @typedef {object} Stage
 * @property {readonly import('../host/system.mjs').Package[]} [packages] of the system
 * @property {boolean} [standIn] code-server is used
 * @property {boolean} [whenNamed] it runs only when it is named
 * @property {() => Job[]} jobs
 */

/** @typedef {import('./queue.mjs').Job} Job */

/** Folders of `test` that other stages run. */
const ELSEWHERE = ['fuzz', 'suite', 'webview', 'ui', 'package', 'nightly'];

/** Ends the name of a test file whose tests need a newer Node than the one that the project asks for. */
const NEWER = /\.node24\.test\.js$/;

/** @param {string} name */
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

const uiFiles = () => testFiles('ui', 'webview');

/** @param {string} file a bundle, whose source says whether it does more in `npm run nightly` */
function doesMoreNightly(file) {
  const source = path.join(root, 'test', path.relative(out, file).replace(/\.js$/, '.ts'));
  return /\b(nightly|onlyNightly)\b/.test(readFileSync(source, 'utf8'));
}

const unitFiles = () =>
  testFiles('').filter((file) => !ELSEWHERE.includes(path.relative(out, file).split(path.sep)[0] ?? ''));

/**
 * A program whose exit code is the result of a test.
 *
 * @param {string} name
 * @param {number} seconds
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Job}
 */
const programJob = (name, seconds, program, args) => ({
  name,
  seconds,
  async run() {
    const { code, output } = await runInto(path.join(results, `${name}.log`), program, args);
    return { tests: [{ name, state: code === 0 ? 'passed' : 'failed' }], output };
  },
});

/**
 * Each with the Node that its files need.
 *
 * @param {string} stage
 * @param {readonly string[]} files
 * @param {Parameters<typeof mochaJobs>[2]} [options]
 * @returns {Job[]}
 */
function jobsByNode(stage, files, options = {}) {
  const newer = files.filter((file) => NEWER.test(file));
  const older = files.filter((file) => !newer.includes(file));
  return [
    ...mochaJobs(stage, older, options),
    ...mochaJobs(`${stage}-newer-node`, newer, { ...options, node: command }).map((job) => ({
      ...job,
      after: newerNode(),
    })),
  ];
}

/** @satisfies {Record<string, Stage>} */
export const STAGES = {
  check: {
    jobs: () => [
      programJob('lint', 5, bin('biome'), ['check', '.']),
      programJob('types', 40, process.execPath, ['scripts/typecheck.mjs']),
    ],
  },

  unit: {
    packages: [...BROWSER, ...VULKAN, ...PYTORCH, ...QUEUES],
    // Some kill processes and start servers, which on a busy machine come too late now and then.
    jobs: () => jobsByNode('unit', unitFiles(), { retries: 1 }),
  },

  fuzz: { jobs: () => mochaJobs('fuzz', testFiles('fuzz')) },

  suite: { packages: BROWSER, standIn: true, jobs: () => [{ name: 'suite', seconds: 200, run: runSuite }] },

  ui: {
    packages: BROWSER,
    standIn: true,
    // On a busy machine a browser loses a key or a click now and then; what fails twice is broken.
    jobs: () => mochaJobs('ui', uiFiles(), { retries: 1 }),
  },

  package: { packages: BROWSER, standIn: true, jobs: () => mochaJobs('package', testFiles('package')) },

  nightly: {
    packages: [...BROWSER, ...VULKAN, ...PYTORCH, ...QUEUES],
    standIn: true,
    whenNamed: true,
    jobs() {
      const files = [...testFiles('nightly'), ...[...uiFiles(), ...unitFiles()].filter(doesMoreNightly)];
      const jobs = jobsByNode('nightly', files, { retries: 1, variables: { NIGHTLY: 'true' } });
      return [...jobs, { name: 'suite in the second host', seconds: 200, run: runInSecondHost }];
    },
  },
};
