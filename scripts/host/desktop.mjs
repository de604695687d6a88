// A desktop VS Code: an installed one, else one that @vscode/test-electron downloads, where the network allows it.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { root } from './run.mjs';
import { findProgram } from './system.mjs';

const DOWNLOAD_SITE = 'https://update.code.visualstudio.com/api/releases/stable';

const USUAL_PLACES = [
  '/usr/share/code/code',
  '/opt/visual-studio-code/code',
  '/snap/code/current/usr/share/code/code',
  '/Applications/Visual Studio Code.app/Contents/MacOS/Electron',
  ...[process.env.LOCALAPPDATA && path.join(process.env.LOCALAPPDATA, 'Programs'), process.env.PROGRAMFILES]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Microsoft VS Code', 'Code.exe')),
];

/** A desktop needs a screen. */
const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

/** VS Code's own executable: the command line `code` returns before the window is closed. */
function findInstalled() {
  const command = findProgram('code', 'code.cmd');
  const beside = command ? path.dirname(realpathSync(command)) : undefined;
  const fromCommand = beside
    ? ['../code', '../Code.exe', '../../../MacOS/Electron'].map((file) => path.resolve(beside, file))
    : [];
  return findProgram(...fromCommand, ...USUAL_PLACES);
}

async function download() {
  const reachable = await fetch(DOWNLOAD_SITE, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!reachable) return undefined;
  console.log('Downloading VS Code (once)');
  return downloadAndUnzipVSCode({
    version: 'stable',
    cachePath: path.join(root, '.vscode-test'),
    reporter: new SilentReporter(),
    timeout: 30_000,
  });
}

/**
 * The executable of a desktop VS Code that can show a window here, or undefined.
 *
 * @returns {Promise<string | undefined>}
 */
export async function findDesktop() {
  if (!hasScreen()) return undefined;
  return findInstalled() ?? (await download());
}
