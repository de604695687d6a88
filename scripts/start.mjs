// `npm start`: builds the extension and opens it on a copy of the demo, in a desktop VS Code if there is one, else in
// code-server for a browser. Ctrl-C ends everything.
import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { findDesktop } from './host/desktop.mjs';
import { root, runMain } from './host/run.mjs';
import { startServer } from './host/server.mjs';
import { findProgram } from './host/system.mjs';

const folder = path.join(root, '.vscode-test', 'start');
const demo = path.join(folder, 'demo');
const extensions = [root, path.join(root, 'scripts', 'host', 'opener')];
const openFirst = { GROUP_CAM_FIRST_IMAGE: path.join(demo, 'scenes', 'cat-and-dog.png') };

/** A copy, so that nothing that is tried out changes the project. */
function copyDemo() {
  rmSync(demo, { recursive: true, force: true });
  cpSync(path.join(root, 'media', 'demo'), demo, { recursive: true });
}

/** @param {string} executable */
async function startDesktop(executable) {
  const isRoot = process.getuid?.() === 0;
  const code = spawn(
    executable,
    [
      ...extensions.map((extension) => `--extensionDevelopmentPath=${extension}`),
      `--user-data-dir=${path.join(folder, 'user-data')}`,
      `--extensions-dir=${path.join(folder, 'extensions')}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      ...(isRoot ? ['--no-sandbox'] : []),
      demo,
    ],
    { env: { ...process.env, ...openFirst }, stdio: 'ignore' },
  );
  const ended = new Promise((resolve, reject) => code.once('exit', resolve).once('error', reject));
  process.once('SIGINT', () => code.kill());
  process.once('SIGTERM', () => code.kill());
  console.log(
    '\nGroup-CAM is ready: VS Code is opening on the demo. Close its window, or press Ctrl-C here, to end it.',
  );
  await ended;
}

async function startInBrowser() {
  const server = await startServer({ extensions, env: openFirst });
  const url = server.url(demo);
  const stop = () => void server.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log('\nGroup-CAM is ready. Open this address in a browser; Ctrl-C here ends it.\n');
  console.log(`    ${url}\n`);
  const opener = process.env.DISPLAY && findProgram('xdg-open');
  if (opener) spawn(opener, [url], { stdio: 'ignore', detached: true }).unref();
  await server.ended;
}

runMain(async () => {
  console.log('Building');
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await build({ tests: false });
  copyDemo();
  const desktop = await findDesktop();
  await (desktop ? startDesktop(desktop) : startInBrowser());
});
