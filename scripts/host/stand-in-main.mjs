// Replaces VS Code under @vscode/test-electron: runs a suite inside code-server's extension host, with Chromium as its
// screen, and exits with the suite's code. It reads the arguments that it needs and ignores VS Code's others; the
// profile is always a fresh one.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { launchChromium } from './chromium.mjs';
import { runMain, SetupError } from './run.mjs';
import { remoteUri, startServer } from './server.mjs';

const LIMIT_MS = 10 * 60_000;

runMain(async () => {
  const { values, positionals } = parseArgs({
    options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const [folder] = positionals;
  const { extensionDevelopmentPath, extensionTestsPath } = values;
  if (typeof extensionDevelopmentPath !== 'string' || typeof extensionTestsPath !== 'string' || !folder) {
    throw new SetupError('stand-in: FOLDER --extensionDevelopmentPath=... --extensionTestsPath=... are needed');
  }
  const server = await startServer();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    /** @type {Promise<number>} */
    const exit = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    // The workbench and the extension host log into one stream; it is shown only if the suite
    // failed without results of its own.
    /** @type {string[]} */
    const lines = [];
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _, /** @type {unknown[]} */ values) =>
      lines.push(values.join(' ')),
    );
    await page.goto(
      server.url(folder, [
        ['extensionDevelopmentPath', remoteUri(server.origin, extensionDevelopmentPath)],
        ['extensionTestsPath', remoteUri(server.origin, extensionTestsPath)],
      ]),
    );
    const code = await Promise.race([exit, sleep(LIMIT_MS, undefined, { ref: false })]);
    if (code === undefined) throw new SetupError(`stand-in: the suite did not end within ${LIMIT_MS / 1000} s`);
    if (code !== 0 && !existsSync(process.env.TEST_RESULTS ?? '')) console.error(lines.slice(-40).join('\n'));
    process.exitCode = code;
  } finally {
    await browser.close();
    await server.stop();
  }
});
