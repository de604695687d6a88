// Runs code-server with its own, fresh profile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runQuietly, SetupError } from './run.mjs';
import { installStandIn, standIn } from './stand-in.mjs';

/** A window without tips, updates and experiments. */
export const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'window.restoreWindows': 'none',
};

/** code-server would ask its gallery about every extension. */
const NO_GALLERY = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '' }) };

/** @returns {Promise<number>} */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * A new profile in the system's folder for temporary files.
 *
 * @param {Record<string, unknown>} settings
 * @param {readonly string[]} extensions
 */
function makeProfile(settings, extensions) {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-profile-'));
  const profile = {
    folder,
    config: path.join(folder, 'config.yaml'),
    userData: path.join(folder, 'user-data'),
    extensions: path.join(folder, 'extensions'),
  };
  writeFileSync(profile.config, '');
  // A server's window takes settings of machine scope, such as paths, from the second file only.
  for (const scope of ['User', 'Machine']) {
    mkdirSync(path.join(profile.userData, scope), { recursive: true });
    writeFileSync(path.join(profile.userData, scope, 'settings.json'), JSON.stringify(settings, null, 2));
  }
  mkdirSync(profile.extensions);
  for (const extension of extensions) linkExtension(extension, profile.extensions);
  return profile;
}

/**
 * @typedef {object} Server
 * @property {string} origin `http://127.0.0.1:port`
 * @property {string} config the server's own settings
 * @property {string} userData
 * @property {string} extensions
 * @property {number} pid
 * @property {(folder: string, payload?: readonly [string, string][]) => string} url address of a window on a folder or
 *   `.code-workspace` file; the payload's names are those of VS Code's web workbench
 * @property {Promise<unknown>} ended
 * @property {() => Promise<void>} stop ends the server with its extension hosts and removes its profile
 */

/**
 * Starts code-server, which is installed if it is not there, on a free port of this machine only.
 *
 * @param {object} [options]
 * @param {Record<string, unknown>} [options.settings] user and machine settings beside the quiet ones
 * @param {readonly string[]} [options.extensions] folders of extensions to install unpacked; without any, a window's
 *   address may name an extension under development, but then VS Code shows no notifications
 * @param {boolean} [options.trust] asks for trust of a workspace, as VS Code does by default
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<Server>}
 */
export async function startServer({ settings = {}, extensions = [], trust = false, env = {} } = {}) {
  await installStandIn();
  const all = { ...QUIET_SETTINGS, 'security.workspace.trust.enabled': trust, ...settings };
  const profile = makeProfile(all, extensions);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = spawn(
    standIn.node,
    [
      standIn.entry,
      ...['--config', profile.config, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions],
      ...[
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
        '--ignore-last-opened',
      ],
      // Without it, the extension host of a browser that was closed lives on for hours.
      ...['--reconnection-grace-time', '5'],
      ...(trust ? [] : ['--disable-workspace-trust']),
      // Without it, the server ignores `extensionDevelopmentPath` in a window's address.
      ...(extensions.length ? [] : ['--vscode-option', 'enable-smoke-test-driver']),
    ],
    { env: { ...process.env, ...NO_GALLERY, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // The end of the output is shown if the server does not start. The output must always be read, or the server would
  // block on a full pipe.
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (output = `${output}${text}`.slice(-4000)));
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    if (!(await Promise.race([ended.then(() => true), sleep(10_000, false, { ref: false })]))) child.kill('SIGKILL');
    await ended;
    rmSync(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  if (!(await isHealthy(origin, () => child.exitCode !== null))) {
    await stop();
    throw new SetupError(`code-server did not start:\n${output}`);
  }
  const url = (/** @type {string} */ folder, /** @type {readonly [string, string][]} */ payload = []) => {
    const query = new URLSearchParams({ [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: folder });
    if (payload.length) query.set('payload', JSON.stringify(payload));
    return `${origin}/?${query}`;
  };
  const pid = /** @type {number} */ (child.pid);
  return { ...profile, origin, pid, url, ended, stop };
}

/**
 * Installs a packaged extension into a server's profile; windows that are opened later have it.
 *
 * @param {Server} server
 * @param {string} vsix
 */
export const installVsix = (server, vsix) =>
  runQuietly(standIn.node, [
    standIn.entry,
    ...['--config', server.config, '--user-data-dir', server.userData, '--extensions-dir', server.extensions],
    ...['--install-extension', vsix],
  ]);

/**
 * @param {string} folder
 * @param {string} extensions
 */
function linkExtension(folder, extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  symlinkSync(folder, path.join(extensions, `${publisher}.${name}-${version}`));
}

/**
 * @param {string} origin
 * @param {() => boolean} hasExited
 */
async function isHealthy(origin, hasExited) {
  for (const end = Date.now() + 60_000; Date.now() < end && !hasExited(); await sleep(100)) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return true;
  }
  return false;
}

/**
 * A path as the web workbench names it in a payload.
 *
 * @param {string} origin
 * @param {string} file
 */
export const remoteUri = (origin, file) => `vscode-remote://${new URL(origin).host}${file}`;
