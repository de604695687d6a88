import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Frame } from '../../src/core/saliency';
import { saliencyOf } from '../../src/core/saliency';
import type { ExplainParams } from '../../src/protocol/requests';
import { testFolder } from '../support/folder';
import { ENDLESS } from '../support/loop';
import { missing, project } from '../support/shared';
import { tinyModel } from '../support/tiny-model';
import { until } from '../support/wait';
import { alive, disposeAll, startEngine } from './support';

const ENGINE = project('dist', 'engine.js');
const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');

const explain = (label?: string, view = 'panel'): ExplainParams => ({
  ...DEFAULT_CHOICE,
  view,
  image: { path: SCENE },
  model: {},
  target: label ? { label } : 'top',
  device: 'cpu',
  top: 5,
});

/** The annotated box [left, top, width, height] of a thing in the scene. */
function boxOf(label: string): readonly number[] {
  const { images, annotations, categories } = JSON.parse(
    readFileSync(project('media', 'demo', 'scenes', 'annotations.json'), 'utf8'),
  );
  const image = images.find((entry: { file_name: string }) => entry.file_name === path.basename(SCENE)).id;
  const category = categories.find((entry: { name: string }) => entry.name === label).id;
  return annotations.find(
    (entry: { image_id: number; category_id: number }) => entry.image_id === image && entry.category_id === category,
  ).bbox;
}

/** Where a frame is hottest, in pixels of the image. */
function hottest(frame: Frame): { x: number; y: number } {
  const { map } = saliencyOf(frame);
  const at = map.indexOf(1);
  const { scaleX, scaleY, offsetX, offsetY } = frame.imageTransform;
  const { width } = frame.inputSize;
  return { x: ((at % width) + 0.5) * scaleX + offsetX, y: (Math.floor(at / width) + 0.5) * scaleY + offsetY };
}

describe('client: the real engine', () => {
  afterEach(disposeAll);
  const folder = testFolder();

  for (const label of ['cat', 'dog']) {
    it(`finds the ${label} of the demo scene, streaming frames`, async () => {
      const frames: Frame[] = [];
      const result = await startEngine({ module: ENGINE }).call('explain', explain(label), {
        on: { frame: (frame) => frames.push(frame) },
      });
      assert.equal(result.label, label);
      assert.equal(frames[0]?.done, 0);
      assert.ok(frames.length >= 3, `${frames.length} frames`);
      assert.deepEqual(result.frame.map, frames.at(-1)?.map);
      assert.equal(result.scores.length, 32);
      assert.ok(Math.abs(result.probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
      const { x, y } = hottest(result.frame);
      const [left, top, width, height] = boxOf(label) as [number, number, number, number];
      assert.ok(x > left && x < left + width && y > top && y < top + height, `hottest at ${x}, ${y}`);
    });
  }

  it('explains for the view that is looked at before it goes on with another one', async () => {
    const engine = startEngine({ module: ENGINE });
    const log: string[] = [];
    let shown: Promise<unknown> | undefined;
    const frame = () => {
      shown ??= Promise.all([
        engine.call('attend', { view: 'shown' }),
        engine.call('explain', explain('dog', 'shown')).then(() => log.push('shown')),
      ]);
    };
    const waits = ({ isWaiting }: { readonly isWaiting: boolean }) => log.push(isWaiting ? 'waits' : 'goes on');
    const params = { ...explain('cat', 'hidden'), method: 'rise', options: { masks: 400 } } as const;
    await engine.call('explain', params, { on: { frame, waits } });
    log.push('hidden');
    await shown;
    assert.deepEqual(log.toSorted(), ['goes on', 'hidden', 'shown', 'waits']);
    assert.equal(log[0], 'waits');
    assert.equal(log.at(-1), 'hidden');
  });

  it('gives the same map after it was killed in mid-run', async () => {
    const engine = startEngine({ module: ENGINE });
    const before = await engine.call('explain', explain('cat'));
    const frame = () => process.kill(engine.pid!, 'SIGKILL');
    await assert.rejects(engine.call('explain', explain('dog'), { on: { frame } }), { code: 'engine-crashed' });
    const after = await engine.call('explain', explain('cat'));
    assert.deepEqual(after.frame, before.frame);
  });

  it('stops between chunks when it is cancelled, and when a newer request comes for the same view', async () => {
    const engine = startEngine({ module: ENGINE });
    const controller = new AbortController();
    const dones: number[] = [];
    const frame = ({ done }: Frame) => {
      dones.push(done);
      controller.abort();
    };
    await assert.rejects(
      engine.call('explain', explain('cat'), { on: { frame }, signal: controller.signal }),
      (error: { code: string }) => error.code === 'cancelled',
    );
    assert.equal(dones.length, 1);
    await until('the engine is free', () => engine.state === 'ready');

    const older = engine.call('explain', explain('cat'));
    const newer = engine.call('explain', explain('dog'));
    await assert.rejects(older, { code: 'cancelled' });
    assert.equal((await newer).label, 'dog');
  });

  it('carries the engine failures with their codes', async () => {
    const engine = startEngine({ module: ENGINE });
    const file = project('package.json');
    for (const [params, code] of [
      [{ ...explain(), model: { path: '/no/such/model.onnx' } }, 'model-missing'],
      [{ ...explain(), model: { path: file } }, 'model-unreadable'],
      [{ ...explain(), image: { path: '/no/such/image.png' } }, 'image-missing'],
      [{ ...explain(), image: { path: file } }, 'image-unreadable'],
      [explain('unicorn'), 'unknown-class'],
    ] as const) {
      await assert.rejects(engine.call('explain', params), { name: 'ExplainError', code });
    }
    assert.equal((await engine.call('explain', explain())).image, SCENE);
  });

  it('runs every thread of the engine below the priority of the window', async () => {
    const engine = startEngine({ module: ENGINE });
    await engine.call('explain', explain('cat'));
    const below = os.constants.priority.PRIORITY_BELOW_NORMAL;
    if (process.platform !== 'linux') return assert.equal(os.getPriority(engine.pid!), below);
    const tasks = `/proc/${engine.pid}/task`;
    const threads = readdirSync(tasks).map((thread) => readFileSync(path.join(tasks, thread, 'stat'), 'utf8'));
    assert.ok(threads.length > 4, `${threads.length} threads`);
    // The 19th field is the nice value; the name, the second, may hold spaces and ends with the last bracket.
    const values = threads.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
    assert.deepEqual(
      values,
      values.map(() => below),
    );
  });

  it('ends with its parent, also when a run of the runtime blocks it for ever', async () => {
    const model = folder.write('endless.onnx', tinyModel(ENDLESS));
    const parent = spawn(process.execPath, [path.join(__dirname, 'parent.entry.js'), ENGINE, model]);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    assert.ok(alive(pid));
    parent.kill('SIGKILL');
    await until('the engine has ended', () => !alive(pid));
  });

  it('maps the native libraries, which the process that uses the client does not', function () {
    if (process.platform !== 'linux') return missing(this, 'memory maps can be read on Linux alone');
    const output = execFileSync(process.execPath, [path.join(__dirname, 'host.entry.js'), ENGINE, SCENE], {
      encoding: 'utf8',
    });
    const libraries = JSON.parse(output) as { host: string[]; engine: string[] };
    assert.deepEqual(libraries.host, []);
    for (const name of ['onnxruntime', 'sharp']) {
      assert.ok(
        libraries.engine.some((file) => file.includes(name)),
        `${name} is not in the engine: ${libraries.engine}`,
      );
    }
  });
});
