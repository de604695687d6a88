// Mocha inside VS Code's extension host.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { findDesktop } from '../host/desktop.mjs';
import { root } from '../host/run.mjs';
import { standIn } from '../host/stand-in.mjs';
import { out, results } from './mocha.mjs';
import { readResults } from './results.mjs';

/**
 * A workspace of two folders: the demo, and a scratch folder with a copy of its first scene.
 *
 * @param {string} scratch
 */
function suiteWorkspace(scratch) {
  const demo = path.join(root, 'media', 'demo');
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
  const file = path.join(results, `suite-${host}.json`);
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'group-cam-suite-')));
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(out, 'suite', 'index.entry.js'),
    launchArgs: [suiteWorkspace(scratch)],
    extensionTestsEnv: { TEST_HOST: host, TEST_RESULTS: file },
  }).catch((error) => {
    if (error instanceof TestRunFailedError) return 1;
    throw error;
  });
  rmSync(scratch, { recursive: true, force: true });
  const tests = readResults(`suite in ${host}`, file, code);
  const lines = tests.map(({ name, state, error }) => `  ${state} ${name}${error ? `\n${error}` : ''}`);
  return { tests, output: [`The suite inside VS Code, host: ${host}`, ...lines].join('\n') };
}

/**
 * The suite in a desktop VS Code if there is one, else in code-server.
 */
export async function runSuite() {
  const desktop = await findDesktop();
  if (desktop) return suiteIn('desktop', desktop);
  console.log('No desktop VS Code is to be had here: code-server and Chromium take its place.');
  return suiteIn('stand-in', standIn.executable);
}

/**
 * The suite in code-server, where `runSuite` runs it in a desktop.
 */
export async function runInSecondHost() {
  return (await findDesktop())
    ? suiteIn('stand-in', standIn.executable)
    : { tests: [], output: 'It was the first host.' };
}
