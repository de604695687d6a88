/** A training loop overwrites its file; each model that it writes becomes a version, and none that is half-written. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import type { Work } from '../../../src/protocol/dataset';
import { createRunnerService, type Runner } from '../../../src/runner/service';
import { biasedModel } from '../../support/biased';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { testFolder } from '../../support/folder';
import { needs, project } from '../../support/shared';
import { until } from '../../support/wait';

const MODELS = path.dirname(RESNET20);
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

/** The most probable class of each image by onnxruntime alone. */
async function plainTop1(model: Uint8Array, files: readonly string[]): Promise<readonly number[]> {
  const session = await ort.InferenceSession.create(model);
  const found: number[] = [];
  for (const file of files) {
    const pixels = await sharp(file).removeAlpha().raw().toBuffer();
    const input = Float32Array.from(
      { length: pixels.length },
      (_, i) =>
        (pixels[3 * (i % 1024) + Math.floor(i / 1024)]! / 255 - MEAN[Math.floor(i / 1024)]!) /
        STD[Math.floor(i / 1024)]!,
    );
    const result = await session.run({ [session.inputNames[0]!]: new ort.Tensor('float32', input, [1, 3, 32, 32]) });
    const logits = Array.from(result[session.outputNames[0]!]!.data as Float32Array);
    found.push(logits.indexOf(Math.max(...logits)));
  }
  return found;
}

describe('runner: watched models', () => {
  const folder = testFolder();
  let runner: Runner | undefined;
  const watching = new AbortController();
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });
  afterEach(async () => {
    await runner?.dispose();
  });

  async function prepared(limit = 2 ** 30) {
    const model = folder.at('train', 'night.onnx');
    folder.write('train/night.onnx', biasedModel(0, 0));
    copyFileSync(path.join(MODELS, 'cifar10_resnet20.explain.json'), folder.at('train', 'night.explain.json'));
    copyFileSync(path.join(MODELS, 'cifar10_labels.txt'), folder.at('train', 'cifar10_labels.txt'));
    const models = folder.at('kept');
    const made = createRunnerService({
      log: () => {},
      models: { folder: models, limit },
      watchInterval: 40,
      engine: project('dist', 'engine.js'),
    });
    runner = made;
    const { service } = made;
    const run = folder.at('r.groupcam');
    const images = cifarSubset(folder.at('images'), 2);
    const { signal } = watching;
    const context = { signal, emit() {} };
    await service.prepare({ run, source: images, models: [{ path: model }] }, context);
    await service.open({ run }, context);
    const added: number[] = [];
    const failed: string[] = [];
    const stop = new AbortController();
    const ended = service.watch(
      { run, device: 'cpu' },
      {
        signal: stop.signal,
        emit: (event, data) =>
          void (event === 'added' ? added.push(data as number) : failed.push((data as { message: string }).message)),
      },
    );
    const now = async () => {
      const info = await service.open({ run }, context);
      await service.close({ run }, context);
      return info;
    };
    const sweptBy = (id: number) =>
      until(`version ${id} is swept`, async () => (await now()).versions.find((one) => one.id === id)!.done === 20);
    const rows = async (version: number, query = '') => {
      const { list, count } = await service.list({ run, version, query, first: 0 }, context);
      return service.rows({ run, version, list, from: 0, count }, context);
    };
    return { service, run, context, model, images, models, added, failed, stop, ended, now, sweptBy, rows };
  }

  /** Writes in parts as a slow disk does: the file is cut in between. */
  async function writeSlowly(file: string, bytes: Uint8Array, parts = 4): Promise<void> {
    const handle = await open(file, 'w');
    for (let part = 0; part < parts; part++) {
      const piece = bytes.subarray((part * bytes.length) / parts, ((part + 1) * bytes.length) / parts);
      await handle.write(piece);
      await setTimeout(100);
    }
    await handle.close();
  }

  it('become eight versions when a file is overwritten eight times, each with the predictions of its own model', async () => {
    const { model, images, models, added, failed, stop, ended, now, sweptBy, rows } = await prepared();
    const written = Array.from({ length: 8 }, (_, i) => biasedModel(i, 3));
    const isReading = () => existsSync(models) && readdirSync(models).some((name) => name.startsWith('draft-'));
    for (const [i, bytes] of written.entries()) {
      if (i === 2 || i === 5) {
        // It is overwritten in the midst of being read.
        writeFileSync(model, bytes);
        await until('it is being read', isReading);
      }
      await writeSlowly(model, bytes);
      await until(`model ${i} is a version`, () => added.length > i);
    }
    for (const id of added) await sweptBy(id);
    stop.abort();
    await ended;
    assert.deepEqual(failed, []);
    const { versions } = await now();
    assert.deepEqual(
      versions.map(({ name }) => name),
      ['night', ...written.map((_, i) => `night@${i + 2}`)],
    );
    assert.deepEqual(
      versions.slice(1).map(({ id }) => id),
      added,
    );
    for (const [i, { id, file, kept, unavailable }] of versions.slice(1).entries()) {
      assert.equal(unavailable, undefined);
      assert.ok(kept! > written[i]!.length);
      assert.ok(readFileSync(file!).equals(written[i]!), `version ${i} is another model`);
      const all = await rows(id);
      const expected = await plainTop1(
        written[i]!,
        all.map((row) => path.join(images, row.path)),
      );
      assert.deepEqual(
        all.map((row) => row.top?.[0]?.[0]),
        expected,
      );
    }
  });

  it('are told in words when a file is no model, once, and watched on', async () => {
    const { model, added, failed, stop, ended, now, sweptBy } = await prepared();
    await writeSlowly(model, biasedModel(1, 3).subarray(0, 5000));
    await until('the failure is told', () => failed.length > 0);
    assert.match(failed[0]!, /night\.onnx/);
    await writeSlowly(model, biasedModel(1, 3));
    await until('the whole file is a version', () => added.length === 1);
    await sweptBy(added[0]!);
    stop.abort();
    await ended;
    assert.equal(failed.length, 1, failed.join('\n'));
    assert.equal((await now()).versions.length, 2);
  });

  it('keep the newest within a limit, and pinned ones whatever there is; removed ones go', async () => {
    const size = biasedModel(0, 3).length;
    const { service, run, context, model, models, added, stop, ended, now, sweptBy } = await prepared(2.5 * size);
    for (let i = 0; i < 3; i++) {
      await writeSlowly(model, biasedModel(i, 3), 1);
      await until(`model ${i} is a version`, () => added.length > i);
      await sweptBy(added[i]!);
      if (i === 0) await service.pinVersion({ run, version: added[0]!, pinned: true }, context);
    }
    stop.abort();
    await ended;
    const byId = async (id: number) => (await now()).versions.find((one) => one.id === id)!;
    await until('the oldest that is not pinned goes', async () => (await byId(added[1]!)).kept === undefined);
    assert.match((await byId(added[1]!)).unavailable!, /^weights gone: stored maps only/);
    assert.equal((await byId(added[1]!)).done, 20, 'what is computed stays');
    assert.ok((await byId(added[0]!)).pinned && (await byId(added[0]!)).kept! > size);
    assert.ok((await byId(added[2]!)).kept! > size);
    const shifted = async (a: number, b: number) => {
      const { work } = await service.findShift({ run, a, b, device: 'cpu' }, context);
      let reason: string | undefined;
      const following = new AbortController();
      await service.follow(
        { run },
        {
          signal: following.signal,
          emit: (event, data) => {
            const own = event === 'work' ? (data as readonly Work[]).find(({ id }) => id === work) : undefined;
            if (own?.state !== 'done') return;
            reason = own.reason;
            following.abort();
          },
        },
      );
      return { reason, ...(await service.compare({ run, a, b }, context)).shift };
    };
    const whole = await shifted(added[1]!, added[0]!);
    assert.deepEqual([whole.reason, whole.known], [undefined, whole.wanted], 'by the copy');
    const part = await shifted(added[0]!, added[1]!);
    assert.match(part.reason!, /rows need other maps of night@3, whose model can't be run/);
    assert.ok(part.known > 0 && part.known < part.wanted);
    await service.removeVersion({ run, version: added[0]! }, context);
    assert.deepEqual(
      (await now()).versions.map(({ name }) => name),
      ['night', 'night@3', 'night@4'],
    );
    assert.equal(readdirSync(models).length, 1);
  });
});
