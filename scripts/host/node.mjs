// Installs a newer Node from npm than the project requires. code-server needs it, and so do tests of features that
// older versions lack, such as node:sqlite.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, runQuietly } from './run.mjs';

export const NODE = 'node@24.21.0';

const folder = path.join(root, '.vscode-test', 'node');
/** The folder of the command `node`. */
export const nodeFolder = path.join(folder, 'node_modules', '.bin');
/** The newer Node, once `newerNode` has installed it. */
export const command = path.join(nodeFolder, process.platform === 'win32' ? 'node.cmd' : 'node');
const marker = path.join(folder, NODE);

/**
 * Installs packages and runs their install scripts, whatever the user's settings say about these.
 *
 * @param {string} into
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
export const install = (into, name, env = process.env) =>
  runQuietly('npm', ['install', '--prefix', into, '--no-audit', '--no-fund', '--ignore-scripts=false', name], {
    cwd: into,
    env,
  });

/** @type {Promise<string> | undefined} */
let installed;

/** The path of a newer Node, which is installed with the first call. */
export function newerNode() {
  installed ??= installNode();
  return installed;
}

async function installNode() {
  if (!existsSync(marker)) {
    console.log(`Installing ${NODE} (once)`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    await install(folder, NODE);
    writeFileSync(marker, '');
  }
  return command;
}
