/** `npm start` as a newcomer sees it: a ready line with an address, the first heatmap without a click, another with one. */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Browser } from 'playwright-core';
import { chromiumScript } from '../support/scripts';
import { missing, project } from '../support/shared';
import { LIMIT_MS } from '../support/wait';
import { explained, stateLine } from '../ui/explanation';
import { classesFrame } from '../ui/workbench';

/** Index of a class of the demo model. */
const DOG = 12;

describe('npm start', () => {
  let start: ChildProcess;
  let browser: Browser;

  after(async () => {
    await browser?.close();
    if (start?.exitCode === null) start.kill('SIGKILL');
  });

  it('shows the first scene with its heat and the classes beside it, and ends with Ctrl-C', async function () {
    if (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) missing(this, 'a machine without a screen');
    start = spawn(process.execPath, [project('scripts', 'start.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
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
