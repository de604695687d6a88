// code-server, from npm: a real VS Code workbench and extension host where no desktop VS Code is to be had.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { env, root, runQuietly } from './run.mjs';
import { BROWSER, COMPILER, requirePackages } from './system.mjs';

// code-server answers HTTP 500 under Node 20, so it gets its own Node.
const PACKAGES = ['node@24.21.0', 'code-server@4.139.1'];

const folder = path.join(root, '.vscode-test', 'stand-in');
const marker = path.join(folder, 'installed.json');

export const standIn = {
  node: path.join(folder, 'node_modules', '.bin', 'node'),
  entry: path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  /** What @vscode/test-electron starts in place of VS Code. */
  executable: path.join(root, 'scripts', 'host', 'stand-in'),
};

const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === JSON.stringify(PACKAGES);

/** Installs code-server and what it needs; does nothing if it is there already. */
export async function installStandIn() {
  await requirePackages(BROWSER);
  if (isInstalled()) return;
  await requirePackages(COMPILER);
  console.log('Installing code-server (once; about two minutes)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  // One after the other: code-server's install scripts must find this Node first.
  const PATH = [path.join(folder, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
  for (const name of PACKAGES) {
    await runQuietly('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', name], {
      cwd: folder,
      // Under `npm test` it names the Node that runs npm here, and code-server believes it.
      env: { ...env, PATH, npm_config_user_agent: undefined },
    });
  }
  writeFileSync(marker, JSON.stringify(PACKAGES));
}
