// Mocha inside VS Code's extension host, in each host that can be had here.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { findDesktop } from '../host/desktop.mjs';
import { root } from '../host/run.mjs';
import { standIn } from '../host/stand-in.mjs';
import { out, results } from './mocha.mjs';
import { readResults } from './results.mjs';

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

/**
 * The suite in a desktop VS Code if there is one, and in code-server.
 *
 * @returns {Promise<import('./results.mjs').Test[]>}
 */
export async function runSuite() {
  const desktop = await findDesktop();
  if (!desktop) console.log('No desktop VS Code is to be had here: code-server and Chromium take its place.');
  const inDesktop = desktop ? await suiteIn('desktop', desktop) : [];
  const inStandIn = await suiteIn('stand-in', standIn.executable);
  if (!desktop) return inStandIn;
  const [a, b] = [inDesktop, inStandIn].map((tests) => JSON.stringify(tests.map((test) => test.name).sort()));
  return [...inDesktop, ...inStandIn, { name: 'both hosts ran the same tests', state: a === b ? 'passed' : 'failed' }];
}
