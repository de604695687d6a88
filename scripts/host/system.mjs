// System packages that the scripts need. They are installed if possible; otherwise the command that installs them is
// printed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly, SetupError } from './run.mjs';

/**
 * The first of some programs that is installed.
 *
 * @param {...string} names file names to look for on PATH, or absolute paths
 * @returns {string | undefined}
 */
export function findProgram(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return names
    .flatMap((name) => (path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name))))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Chromium without a screen: its pages are the same, for about half of the processor time. */
const HEADLESS = '/usr/lib/chromium/chromium-headless-shell';

export const findChromium = () =>
  findProgram(
    HEADLESS,
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  );

/** Debian's own Python. Another Python that comes first on PATH does not see its packages. */
const PYTHON = '/usr/bin/python3';

/** @param {string} name */
const hasPythonModule = (name) =>
  spawnSync(PYTHON, ['-c', `import importlib.util as u, sys; sys.exit(u.find_spec("${name}") is None)`]).status === 0;

/** True where missing packages can be installed: as root on Debian. */
const canInstall = () => existsSync('/etc/debian_version') && process.getuid?.() === 0;

/** Debian's packages, and how to check that their content is installed. */
const PRESENT = {
  'chromium-headless-shell': () => findProgram(canInstall() ? HEADLESS : (findChromium() ?? HEADLESS)) !== undefined,
  'libkrb5-dev': () => existsSync('/usr/include/gssapi.h') || existsSync('/usr/include/gssapi/gssapi.h'),
  python3: () => findProgram(PYTHON) !== undefined,
  'g++': () => findProgram('g++') !== undefined,
  make: () => findProgram('make') !== undefined,
  libvulkan1: () => existsSync('/usr/lib/x86_64-linux-gnu/libvulkan.so.1') || process.arch !== 'x64',
  'redis-server': () => findProgram('/usr/bin/redis-server') !== undefined,
  'postgresql-15': () => findProgram('/usr/lib/postgresql/15/bin/postgres') !== undefined,
  openssl: () => findProgram('openssl') !== undefined,
  'python3-torch': () => hasPythonModule('torch'),
  'python3-torchvision': () => hasPythonModule('torchvision'),
  'python3-onnx': () => hasPythonModule('onnx'),
};

/** @typedef {keyof typeof PRESENT} Package */

/** To open pages. */
export const BROWSER = /** @type {const} */ (['chromium-headless-shell']);
/** To compile the native modules of code-server. */
export const COMPILER = /** @type {const} */ (['libkrb5-dev', 'python3', 'g++', 'make']);
/** To run WebGPU on Chromium's software device. */
export const VULKAN = /** @type {const} */ (['libvulkan1']);
/** To share work by a queue; tests start these on the loopback. */
export const QUEUES = /** @type {const} */ (['redis-server', 'postgresql-15', 'openssl']);
/** To compare with PyTorch. */
export const PYTORCH = /** @type {const} */ (['python3-torch', 'python3-torchvision', 'python3-onnx']);

/**
 * Makes sure that packages are installed: as root on Debian it installs missing ones, otherwise it prints the command
 * to run.
 *
 * @param {readonly Package[]} packages
 */
export async function requirePackages(packages) {
  const missing = packages.filter((name) => !PRESENT[name]());
  if (!missing.length) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (!canInstall()) {
    throw new SetupError(
      `System packages are missing. Run this, then start again:\n\n    sudo apt-get ${install.join(' ')}\n`,
    );
  }
  console.log(`Installing system packages: ${missing.join(', ')}`);
  const noninteractive = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await runQuietly('apt-get', ['update'], noninteractive);
  await runQuietly('apt-get', install, noninteractive);
  const still = missing.filter((name) => !PRESENT[name]());
  if (still.length) throw new SetupError(`${still.join(', ')}: installed, but not found.`);
}
