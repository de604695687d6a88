// The stages of `npm test`: what each needs of the system, and what it runs.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { newerNode } from '../host/node.mjs';
import { root, run } from '../host/run.mjs';
import { BROWSER, PYTORCH, QUEUES, VULKAN } from '../host/system.mjs';
import { mocha, out, testFiles } from './mocha.mjs';
import { runInSecondHost, runSuite } from './suite.mjs';

/**
 * @typedef {object} Stage
 * @property {readonly import('../host/system.mjs').Package[]} [packages] of the system
 * @property {boolean} [standIn] code-server is used
 * @property {boolean} [whenNamed] it runs only when it is named
 * @property {() => Promise<import('./results.mjs').Test[]>} run
 */

/** Folders of `test` that other stages run. */
const ELSEWHERE = ['fuzz', 'suite', 'webview', 'ui', 'package', 'nightly'];

/** Ends the name of a test file whose tests need a newer Node than the one that the project asks for. */
const NEWER = /\.node24\.test\.js$/;

/** @param {string} name */
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/** Tests that drive VS Code's window take longest, so they are started first. */
const uiFiles = () => testFiles('ui', 'webview');

/** @param {string} file a bundle, whose source says whether it does more in `npm run nightly` */
function doesMoreNightly(file) {
  const source = path.join(root, 'test', path.relative(out, file).replace(/\.js$/, '.ts'));
  return /\b(nightly|onlyNightly)\b/.test(readFileSync(source, 'utf8'));
}

const unitFiles = () =>
  testFiles('').filter((file) => !ELSEWHERE.includes(path.relative(out, file).split(path.sep)[0] ?? ''));

/** @satisfies {Record<string, Stage>} */
export const STAGES = {
  check: {
    async run() {
      const commands = { lint: [bin('biome'), ['check', '.']], types: [process.execPath, ['scripts/typecheck.mjs']] };
      /** @type {import('./results.mjs').Test[]} */
      const tests = [];
      for (const [name, [command, args]] of Object.entries(commands)) {
        const code = await run(/** @type {string} */ (command), /** @type {string[]} */ (args));
        tests.push({ name, state: code === 0 ? 'passed' : 'failed' });
      }
      return tests;
    },
  },

  unit: {
    packages: [...BROWSER, ...VULKAN, ...PYTORCH, ...QUEUES],
    async run() {
      const files = unitFiles();
      const newer = files.filter((file) => NEWER.test(file));
      const node = await newerNode();
      return [
        ...(await mocha(
          'unit',
          files.filter((file) => !newer.includes(file)),
        )),
        ...(await mocha('unit-newer-node', newer, { node })),
      ];
    },
  },

  fuzz: { run: () => mocha('fuzz', testFiles('fuzz')) },

  suite: { packages: BROWSER, standIn: true, run: runSuite },

  ui: {
    packages: BROWSER,
    standIn: true,
    // On a busy machine a browser loses a key or a click now and then; what fails twice is broken.
    run: () => mocha('ui', uiFiles(), { retries: 1 }),
  },

  // One process: what `npm start` shows and what is packaged are built by these tests.
  package: { packages: BROWSER, standIn: true, run: () => mocha('package', testFiles('package'), { processes: 1 }) },

  nightly: {
    packages: [...BROWSER, ...VULKAN, ...PYTORCH, ...QUEUES],
    standIn: true,
    whenNamed: true,
    async run() {
      const files = [...testFiles('nightly'), ...[...uiFiles(), ...unitFiles()].filter(doesMoreNightly)];
      const newer = files.filter((file) => NEWER.test(file));
      const older = files.filter((file) => !newer.includes(file));
      const options = { retries: 1, variables: { NIGHTLY: 'true' } };
      const tests = await mocha('nightly', older, options);
      const more = await mocha('nightly-newer-node', newer, { ...options, node: await newerNode() });
      return [...tests, ...more, ...(await runInSecondHost())];
    },
  },
};
