/** *Run on Cluster…*: workers outside of the window compute a run file, by a Redis with a password. */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { nodeScript } from '../../support/scripts';
import { REDIS, type RedisServer, startRedis } from '../../support/servers/redis';
import { needs, project } from '../../support/shared';
import { insist, until } from '../../support/wait';
import { screenshot, useWindow } from '../harness';
import { commandLines } from '../processes';
import { editorFrame, explorerRow, openRunFile, reloadWindow, runCommand } from '../workbench';

const IMAGES = 40;

describe('Run on Cluster', () => {
  const made = mkdtempSync(path.join(tmpdir(), 'group-cam-far-'));
  const at = (name: string) => path.join(made, name);
  let server: RedisServer;
  let worker: ChildProcess | undefined;

  async function start(...args: readonly string[]): Promise<ChildProcess> {
    const { newerNode } = await nodeScript();
    const env = { ...process.env, GROUP_CAM_QUEUE: server.address, GROUP_CAM_THREADS: '1' };
    return spawn(await newerNode(), [project('dist', 'group-cam.js'), ...args, '--device', 'cpu'], {
      stdio: ['ignore', 'inherit', 'pipe'],
      env,
    });
  }

  before(async function () {
    needs(this, CIFAR, 'no images');
    needs(this, REDIS, 'no queue');
    server = await startRedis();
    const images = cifarSubset(at('images'), IMAGES / 10);
    const [first] = readdirSync(path.join(images, 'cat'));
    writeFileSync(path.join(images, 'cat', first!), 'no picture');
    // By the folder within it one sees that the dialog has looked into it.
    mkdirSync(path.join(at('shared'), 'within'), { recursive: true });
    // A planner that ends before there is a worker leaves a run file without rows.
    const planner = await start(
      'dataset',
      images,
      '--model',
      RESNET20,
      '--run',
      at('far.groupcam'),
      '--shared',
      at('one'),
    );
    let said = '';
    planner.stderr!.on('data', (text) => {
      said += text;
    });
    await until('the planner waits for workers', () => {
      assert.equal(planner.exitCode, null, said);
      return said.includes('no worker is connected');
    });
    planner.kill('SIGINT');
    await once(planner, 'exit');
  });
  const window = useWindow(() => ({ files: { 'far.groupcam': at('far.groupcam') } }));
  after(async () => {
    worker?.kill('SIGKILL');
    await server?.end();
    rmSync(made, { recursive: true, force: true });
  });

  const page = () => window.page;
  const frame = () => editorFrame(page());
  const bar = async () => (await frame().locator('[data-testid^="work-"]').first().textContent()) ?? '';
  const field = () => page().locator('.quick-input-widget input:visible').first();
  const count = async () => (await frame().getByTestId('count').textContent()) ?? '';

  it('asks for the address as for a password, says what is wrong with one, and for the folder', async () => {
    await openRunFile(page(), explorerRow(page(), 'far.groupcam'), 'grid');
    await runCommand(page(), 'Group-CAM: Run on Cluster…');
    await page().locator('.quick-input-title', { hasText: 'the address of the queue' }).waitFor();
    assert.equal(await field().getAttribute('type'), 'password');
    await field().fill('http://somewhere');
    await page().locator('.quick-input-message', { hasText: 'not by http:' }).waitFor();
    await field().fill(server.address);
    await page().keyboard.press('Enter');
    await until('the dialog of folders', async () =>
      (
        await field()
          .inputValue()
          .catch(() => '')
      ).startsWith('/'),
    );
    await insist({
      what: 'the end of the dialog',
      act: async (timeout) => {
        await field().fill(`${at('shared')}/`, { timeout });
        // A dialog that still looks at another folder takes that one.
        await page().locator('.quick-input-list .monaco-list-row', { hasText: 'within' }).waitFor({ timeout });
        await page().keyboard.press('Enter');
        await field().waitFor({ state: 'hidden', timeout });
      },
      undo: (timeout) => field().waitFor({ timeout }),
    });
    await until('the bar says that there is no worker', async () => /no worker is connected/.test(await bar()));
    await until('the plan is in the folder', () => readdirSync(at('shared')).includes('plan.json'));
    const notice = page().locator('.notification-toast', { hasText: 'group-cam worker' });
    const said = (await notice.textContent()) ?? '';
    const command = `group-cam worker --shared ${at('shared')} --root ${at('images')} --model ${RESNET20}`;
    assert.ok(said.includes(command), said);
    assert.ok(!said.includes(server.password) && !said.includes(server.address), 'the notice has the password');
    await notice.getByRole('button', { name: 'Copy Command' }).waitFor();
    await screenshot(window, 'dataset cluster');
  });

  it('follows after a reload, and shows rows, progress and failures as workers commit them', async () => {
    await reloadWindow(page());
    await until('the bar says that there is no worker', async () => /no worker is connected/.test(await bar()));
    worker = await start('worker', '--shared', at('shared'), '--root', at('images'), '--model', RESNET20);
    await frame().locator('[data-testid="tile-0"][aria-label*="predicted"]').waitFor({ state: 'attached' });
    await frame()
      .getByTestId('done')
      .filter({ hasText: `${IMAGES - 1} of ${IMAGES}` })
      .waitFor();
    await frame().getByTestId('query').fill('failed');
    await page().keyboard.press('Enter');
    await until('the image that failed', async () => (await count()) === `1 of ${IMAGES}`);
    await frame().locator('[data-testid="tile-0"][aria-label^="cat/"]').waitFor({ state: 'attached' });
    await screenshot(window, 'dataset cluster failed');
  });

  it('keeps the password out of settings, logs, the run file, the shared folder and the list of processes', () => {
    const secrets = [server.password, encodeURIComponent(server.password)];
    for (const folder of [window.userData, window.folder, made])
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })) {
        if (!name.isFile()) continue;
        const bytes = readFileSync(path.join(name.parentPath, name.name));
        for (const secret of secrets) assert.ok(!bytes.includes(secret), path.join(name.parentPath, name.name));
      }
    for (const line of commandLines())
      for (const secret of secrets) assert.ok(!line.includes(secret), 'a process has it');
  });
});
