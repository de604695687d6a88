// `npm test [stage ...]`: sets up, builds, and runs every stage, or the named ones:
//   check    lint, format and types
//   unit     mocha over everything that needs neither VS Code nor a page of ours
//   fuzz     mutated models and images through the engine
//   suite    mocha inside VS Code's extension host, in each host that can be had here
//   ui       our pages in a plain Chromium, and end-to-end tests that drive VS Code's window
//   package  the packaged VSIX, installed and used
// Only when named:
//   nightly  what takes minutes and repeats what the others show: on larger networks, in more themes and sizes
// The last line is `N passed, N failed`; the exit code is 1 if anything failed.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { findDesktop } from './host/desktop.mjs';
import { env, root, run, runMain, SetupError } from './host/run.mjs';
import { installStandIn, standIn } from './host/stand-in.mjs';
import { BROWSER, PYTORCH, requirePackages, VULKAN } from './host/system.mjs';

/** @typedef {{ name: string, state: 'passed' | 'failed' | 'skipped', error?: string }} Test */

const require = createRequire(import.meta.url);
const results = path.join(root, 'test-results', process.env.TEST_RESULTS_FOLDER ?? '');
const out = path.join(root, 'out', 'test');
/** Folders of out/test that are not of the stage `unit`. */
const LATER = ['fuzz', 'suite', 'webview', 'ui', 'package', 'nightly'];
/** Stages that run only when they are named. */
const WHEN_NAMED = ['nightly'];

/** @param {string} name */
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * The tests of one run; a run that left no results, or that failed although no test did, counts as a failed test.
 *
 * @param {string} name
 * @param {string} file
 * @param {number} code
 * @returns {Test[]}
 */
function readResults(name, file, code) {
  /** @type {Test[]} */
  const tests = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).tests : [];
  if (tests.some((test) => test.state === 'failed') || (code === 0 && tests.length)) return tests;
  return [...tests, { name: `${name}: ended with code ${code} after ${tests.length} tests`, state: 'failed' }];
}

/**
 * @param {string} name
 * @param {readonly string[]} files
 * @param {number} [retries]
 * @param {Readonly<Record<string, string>>} [variables]
 */
async function mocha(name, files, retries = 0, variables = {}) {
  const file = path.join(results, `${name}.json`);
  const options = [
    '--reporter',
    path.join(root, 'scripts', 'reporter.cjs'),
    '--timeout',
    '60000',
    '--retries',
    `${retries}`,
  ];
  const mochaScript = require.resolve('mocha/bin/mocha.js');
  const code = await run(process.execPath, ['--enable-source-maps', mochaScript, ...options, ...files], {
    env: { ...env, ...variables, TEST_RESULTS: file },
  });
  return readResults(name, file, code);
}

/** @param {string} folder */
function testFiles(folder) {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  return files.filter((file) => file.endsWith('.test.js')).map((file) => path.join(folder, file));
}

/** A workspace of two folders: the demo, and a scratch folder with a copy of its first scene. */
function suiteWorkspace() {
  const scratch = path.join(root, '.vscode-test', 'suite');
  const demo = path.join(root, 'media', 'demo');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(path.join(scratch, 'second'), { recursive: true });
  cpSync(path.join(demo, 'scenes', 'cat-and-dog.png'), path.join(scratch, 'second', 'copy.png'));
  const file = path.join(scratch, 'two.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: [{ path: demo }, { path: 'second' }], settings: {} }));
  return file;
}

/**
 * The suite inside one host.
 *
 * @param {'desktop' | 'stand-in'} host
 * @param {string} vscodeExecutablePath
 */
async function suiteIn(host, vscodeExecutablePath) {
  console.log(`\nThe suite inside VS Code, host: ${host}`);
  const file = path.join(results, `suite-${host}.json`);
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(out, 'suite', 'index.entry.js'),
    launchArgs: [suiteWorkspace()],
    extensionTestsEnv: { TEST_HOST: host, TEST_RESULTS: file },
  }).catch((error) => {
    if (error instanceof TestRunFailedError) return 1;
    throw error;
  });
  const tests = readResults(`suite in ${host}`, file, code);
  for (const { name, state, error } of tests) console.log(`  ${state} ${name}${error ? `\n${error}` : ''}`);
  return tests;
}

/** @satisfies {Record<string, () => Promise<Test[]>>} */
const STAGES = {
  async check() {
    const commands = { lint: [bin('biome'), ['check', '.']], types: [process.execPath, ['scripts/typecheck.mjs']] };
    /** @type {Test[]} */
    const tests = [];
    for (const [name, [command, args]] of Object.entries(commands)) {
      const code = await run(/** @type {string} */ (command), /** @type {string[]} */ (args));
      tests.push({ name, state: code === 0 ? 'passed' : 'failed' });
    }
    return tests;
  },

  async unit() {
    await requirePackages([...BROWSER, ...VULKAN, ...PYTORCH]);
    const isLater = (/** @type {string} */ file) => LATER.includes(path.relative(out, file).split(path.sep)[0] ?? '');
    return mocha(
      'unit',
      testFiles(out).filter((file) => !isLater(file)),
    );
  },

  async fuzz() {
    return mocha('fuzz', testFiles(path.join(out, 'fuzz')));
  },

  async suite() {
    await installStandIn();
    const desktop = await findDesktop();
    if (!desktop) console.log('No desktop VS Code is to be had here: code-server and Chromium take its place.');
    const inDesktop = desktop ? await suiteIn('desktop', desktop) : [];
    const inStandIn = await suiteIn('stand-in', standIn.executable);
    if (!desktop) return inStandIn;
    const [a, b] = [inDesktop, inStandIn].map((tests) => JSON.stringify(tests.map((test) => test.name).sort()));
    return [
      ...inDesktop,
      ...inStandIn,
      { name: 'both hosts ran the same tests', state: a === b ? 'passed' : 'failed' },
    ];
  },

  async ui() {
    await installStandIn();
    const files = ['webview', 'ui'].flatMap((folder) => testFiles(path.join(out, folder)));
    // On a busy machine a browser loses a key or a click now and then; what fails twice is broken.
    return mocha('ui', files, 1);
  },

  async package() {
    await installStandIn();
    return mocha('package', testFiles(path.join(out, 'package')));
  },

  async nightly() {
    await requirePackages(PYTORCH);
    await installStandIn();
    const pictures = ['webview/screenshots', 'ui/themes'].map((name) => path.join(out, `${name}.test.js`));
    return mocha('nightly', [...testFiles(path.join(out, 'nightly')), ...pictures], 1, { NIGHTLY: 'true' });
  },
};

runMain(async () => {
  const args = process.argv.slice(2);
  const built = args.includes('--built');
  const named = args.filter((name) => name !== '--built');
  const known = /** @type {(keyof typeof STAGES)[]} */ (Object.keys(STAGES));
  const unknown = named.find((name) => !known.some((stage) => stage === name));
  if (unknown) throw new SetupError(`${unknown}: no such stage; there are ${known.join(', ')}`);

  if (!built) {
    rmSync(results, { recursive: true, force: true });
    for (const folder of ['dist', 'out']) rmSync(path.join(root, folder), { recursive: true, force: true });
    if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) throw new SetupError('The build failed.');
  }
  mkdirSync(results, { recursive: true });

  /** @type {Test[]} */
  const tests = [];
  for (const name of known.filter((stage) => (named.length ? named.includes(stage) : !WHEN_NAMED.includes(stage)))) {
    console.log(`\n== ${name}`);
    tests.push(...(await STAGES[name]()));
  }
  /** @param {Test['state']} state */
  const having = (state) => tests.filter((test) => test.state === state);
  for (const test of having('skipped')) console.log(`skipped: ${test.name}`);
  for (const test of having('failed')) console.log(`failed: ${test.name}`);
  const skipped = having('skipped').length;
  const counts = [`${having('passed').length} passed`, `${having('failed').length} failed`];
  console.log(`\n${[...counts, ...(skipped ? [`${skipped} skipped`] : [])].join(', ')}`);
  process.exitCode = having('failed').length ? 1 : 0;
});
