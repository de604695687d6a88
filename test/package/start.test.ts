/** `npm start` as a newcomer sees it: a ready line with an address, the first heatmap without a click, another with one. */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { chromiumScript } from '../support/scripts';
import { missing, project } from '../support/shared';
import { LIMIT_MS } from '../support/wait';
import { explained, stateLine } from '../ui/explanation';
import { classesFrame } from '../ui/workbench';

/** Index of a class of the demo model. */
const DOG = 12;

/** What is read to build the product and to start it. */
const SOURCES = ['package.json', 'package.nls.json', 'tsconfig.base.json', 'src', 'webview', 'scripts', 'media'];
const INSTALLED = ['node_modules', '.vscode-test'];

/** It builds the product anew: in a copy, since other tests use what is built meanwhile. */
function copyOfProject(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'group-cam-start-')));
  for (const name of SOURCES) cpSync(project(name), path.join(folder, name), { recursive: true });
  for (const name of INSTALLED) symlinkSync(project(name), path.join(folder, name));
  return folder;
}

describe('npm start', () => {
  let copy: string;
  let start: ChildProcess;
  let browser: Browser;

  before(() => {
    copy = copyOfProject();
  });

  after(async () => {
    await browser?.close();
    if (start?.exitCode === null) start.kill('SIGKILL');
    rmSync(copy, { recursive: true, force: true });
  });

  it('shows the first scene with its heat and the classes beside it, and ends with Ctrl-C', async function () {
    if (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) missing(this, 'a machine without a screen');
    start = spawn(process.execPath, [path.join(copy, 'scripts', 'start.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const address = await new Promise<string>((resolve, reject) => {
      let output = '';
      const read = (text: Buffer) => {
        output += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output);
        if (found) resolve(found[0]);
      };
      start.stdout!.on('data', read);
      start.stderr!.on('data', read);
      start.once('exit', (code) => reject(new Error(`ended with code ${code}:\n${output}`)));
    });

    const { launchChromium } = await chromiumScript();
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(address);
    await explained(page);
    assert.match(await stateLine(page), /cat/);
    await classesFrame(page).getByText('dog', { exact: true }).click();
    await explained(page, DOG);
    assert.match(await stateLine(page), /dog/);
    await page.goto('about:blank');

    const exit = once(start, 'exit');
    start.kill('SIGINT');
    const [code] = await exit;
    assert.equal(code, 0);
    await assert.rejects(fetch(new URL('/healthz', address)), 'the server still answers');
  });
});
