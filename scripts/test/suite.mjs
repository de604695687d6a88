// Mocha inside VS Code's extension host.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { findDesktop } from '../host/desktop.mjs';
import { root } from '../host/run.mjs';
import { standIn } from '../host/stand-in.mjs';
import { out, results } from './mocha.mjs';
import { readResults } from './results.mjs';

/** @typedef {import('./results.mjs').Test} Test */

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
 * The suite in a desktop VS Code if there is one, else in code-server.
 *
 * @returns {Promise<Test[]>}
 */
export async function runSuite() {
  const desktop = await findDesktop();
  if (desktop) return suiteIn('desktop', desktop);
  console.log('No desktop VS Code is to be had here: code-server and Chromium take its place.');
  return suiteIn('stand-in', standIn.executable);
}

/**
 * The suite in code-server, where `runSuite` runs it in a desktop.
 *
 * @returns {Promise<Test[]>}
 */
export async function runInSecondHost() {
  return (await findDesktop()) ? suiteIn('stand-in', standIn.executable) : [];
}
