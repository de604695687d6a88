/** A long sweep holds no more memory at its end than near its beginning. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cifarFolder, RESNET20 } from '../support/cifar';
import { testFolder } from '../support/folder';
import { needs, project, shared } from '../support/shared';

const MIB = 2 ** 20;
/** Columns of a row that the runner holds in memory, and what a garbage collector leaves for later. */
const GROWTH = 80 * MIB;
const PARTS = 4;

const residentOf = (pid: number) =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
const childOf = (pid: number) => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

describe('memory of a sweep', () => {
  const folder = testFolder();

  it('is flat over all 60,000 images of CIFAR-10', async function () {
    for (const part of ['test', 'train'] as const) needs(this, shared('cifar10', `${part}.tar.gz`), 'no images');
    needs(this, '/proc/self/task', 'memory is read from Linux');
    const images = folder.at('images');
    mkdirSync(images);
    for (const part of ['test', 'train'] as const) symlinkSync(cifarFolder(part), path.join(images, part));
    const args = ['dataset', images, '--model', RESNET20, '--run', folder.at('r.groupcam'), '--device', 'cpu'];
    const running = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    /** By the quarter of the images that were done: the most that each process held. */
    const most = Array.from({ length: PARTS }, () => [0, 0]);
    running.stderr.on('data', (text) => {
      const [, done, total] = /^(\d+) of (\d+) images/.exec(String(text)) ?? [];
      if (!done) return;
      const held = [running.pid!, childOf(running.pid!)].map(residentOf);
      const quarter = most[Math.min(PARTS - 1, Math.floor((PARTS * Number(done)) / Number(total)))]!;
      held.forEach((bytes, i) => {
        quarter[i] = Math.max(quarter[i]!, bytes);
      });
    });
    const [code] = await once(running, 'exit');
    assert.equal(code, 0);
    const text = most.map((held) => held.map((bytes) => Math.round(bytes / MIB)).join(' + ')).join(', ');
    console.log(`      MiB of the runner and the engine, by quarters: ${text}`);
    for (const i of [0, 1]) assert.ok(most[PARTS - 1]![i]! < most[1]![i]! + GROWTH, text);
  });
});
