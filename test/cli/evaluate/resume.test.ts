/** An evaluation that is killed again and again ends with the report of one that was not. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { groupCamEnds, startGroupCam } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, nightly, project, shared } from '../../support/shared';
import { until } from '../../support/wait';

const IMAGES = nightly ? 200 : 50;
const KILLS = nightly ? 10 : 3;
/** A method with masks, one without, and the baselines. */
const LINES = IMAGES * 3;

describe('an evaluation that is killed', () => {
  const folder = testFolder();

  function photographs(): string[] {
    const folders = [shared('images', 'imagenet'), shared('images', 'coco128', 'images')];
    const files = folders.flatMap((name) => readdirSync(name).map((file) => path.join(name, file)));
    return files.filter((file) => /\.jpe?g$/i.test(file)).slice(0, IMAGES);
  }

  it('by Ctrl-C says that the same command goes on, and ends with exit code 130', async () => {
    const running = startGroupCam([
      ...['evaluate', project('media', 'demo', 'scenes'), '--report', folder.at('stopped'), '--device', 'cpu'],
      ...['--option', 'groups=4', '--metric-option', 'step=25'],
    ]);
    const journal = folder.at('stopped', 'journal.jsonl');
    await until('a map is measured', () => existsSync(journal) && readFileSync(journal, 'utf8').split('\n').length > 2);
    running.interrupt();
    const { code, stderr } = await running.ended();
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^stopped; what is done is kept, and the same command goes on from there$/m);
    assert.doesNotMatch(stderr, /^error/m);
  });

  it(`${KILLS} times goes on each time, and ends as if nothing had happened`, async function () {
    needs(this, shared('images'), 'no photographs to evaluate');
    const files = photographs();
    assert.equal(files.length, IMAGES);
    const list = folder.write('list.csv', ['image', ...files].join('\n'));
    const args = (report: string) => [
      ...['evaluate', list, '--report', folder.at(report), '--device', 'cpu'],
      ...['--model', shared('models', 'cifar10_resnet20.onnx'), '--option', 'groups=4'],
      ...['--metric-option', 'step=25'],
    ];
    const journal = folder.at('killed', 'journal.jsonl');
    const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0);

    for (let kill = 0; kill < KILLS; kill++) {
      const goal = lines() + 1 + Math.floor(Math.random() * (LINES / KILLS / 2));
      const running = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args('killed')], {
        stdio: 'ignore',
      });
      const exit = once(running, 'exit');
      while (lines() < goal && running.exitCode === null) await pause(5);
      await pause(Math.random() * 30);
      running.kill('SIGKILL');
      assert.deepEqual(await exit, [null, 'SIGKILL'], 'it ended by itself');
    }
    assert.ok(lines() < LINES, 'nothing was left to do after the last kill');

    const [killed, whole] = [await groupCamEnds(args('killed')), await groupCamEnds(args('whole'))];
    assert.deepEqual([killed.code, whole.code], [0, 0], killed.stderr + whole.stderr);
    assert.match(killed.stderr, new RegExp(`^going on: \\d+ of ${IMAGES} are done`, 'm'));
    for (const name of ['report.json', 'images.csv', 'report.html'])
      assert.ok(
        readFileSync(folder.at('killed', name)).equals(readFileSync(folder.at('whole', name))),
        `${name} differs`,
      );
    const keys = readFileSync(journal, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const { item, unit } = JSON.parse(line);
        return `${item} ${unit}`;
      });
    assert.equal(keys.length, LINES);
    assert.equal(new Set(keys).size, LINES);
  });
});
