// Installs code-server from npm: a real VS Code workbench and extension host, for machines without a desktop VS Code.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { install, NODE, newerNode, nodeFolder } from './node.mjs';
import { root } from './run.mjs';
import { BROWSER, COMPILER, requirePackages } from './system.mjs';

// code-server answers HTTP 500 under Node 20, so it gets the newer Node, for which its native modules are compiled.
const CODE_SERVER = 'code-server@4.139.1';
const INSTALLED = JSON.stringify([NODE, CODE_SERVER]);

const folder = path.join(root, '.vscode-test', 'stand-in');
const marker = path.join(folder, 'installed.json');

export const standIn = {
  node: path.join(nodeFolder, 'node'),
  entry: path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  /** The program that @vscode/test-electron starts instead of VS Code. */
  executable: path.join(root, 'scripts', 'host', 'stand-in'),
};

const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === INSTALLED;

/** What the system needs to run code-server and, until it is installed, to compile its native modules. */
export const packagesOfStandIn = () => [...BROWSER, ...(isInstalled() ? [] : COMPILER)];

/** Installs code-server and what it needs; does nothing if it is there already. */
export async function installStandIn() {
  await requirePackages(packagesOfStandIn());
  await newerNode();
  if (isInstalled()) return;
  console.log('Installing code-server (once; a few minutes, since it compiles native modules)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  // Its install scripts must find the newer Node first. Under `npm test` the user agent names the Node that runs npm here,
  // and code-server believes it.
  const PATH = [nodeFolder, process.env.PATH].join(path.delimiter);
  await install(folder, CODE_SERVER, { ...process.env, PATH, npm_config_user_agent: undefined });
  writeFileSync(marker, INSTALLED);
}
