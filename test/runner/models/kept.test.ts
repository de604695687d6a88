/** Copies of models: with all that belongs to them, compared with their hashes, within a limit. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../../src/client/engine';
import { createRunnerEngine } from '../../../src/runner/engine';
import { findModel } from '../../../src/runner/models/find';
import { createKeptModels } from '../../../src/runner/models/kept';
import { identifiedModel, inspected } from '../../../src/runner/work/model';
import { biasedModel } from '../../support/biased';
import { RESNET20 } from '../../support/cifar';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { needs, project } from '../../support/shared';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

describe('runner: kept models', () => {
  const folder = testFolder();
  const { signal } = new AbortController();
  let engine: Engine;
  before(function () {
    needs(this, RESNET20, 'no model');
    engine = createRunnerEngine(() => {}, false, project('dist', 'engine.js'));
  });
  after(() => engine?.dispose());

  /** With weights beside it, a sidecar whose labels lie elsewhere, and a configuration one folder up. */
  function manyFiles(): string {
    const { model, weights } = withExternalWeights(biasedModel(0, 0), 'net.weights');
    folder.write('run/onnx/net.weights', weights);
    folder.write('run/labels/names.txt', NAMES.join('\n'));
    folder.write('run/preprocessor_config.json', { image_mean: [0.1, 0.2, 0.3], image_std: [0.5, 0.5, 0.5] });
    folder.write('run/onnx/net.explain.json', { labels: '../labels/names.txt' });
    return folder.write('run/onnx/net.onnx', model);
  }

  const keptIn = (limit = 2 ** 30) => createKeptModels(folder.at('kept'), limit, engine);
  async function keep(kept: ReturnType<typeof keptIn>, model: string): Promise<string> {
    const { files } = await inspected(engine, { path: model }, signal);
    const draft = await kept.draft({ path: model }, files, signal);
    await kept.keep(draft);
    return draft.identified.hash;
  }

  it('have weights, labels and conventions of their model, and are it', async () => {
    const model = manyFiles();
    const before = await identifiedModel(engine, { path: model }, signal);
    assert.deepEqual(before.info.labels.value, NAMES);
    const kept = keptIn();
    const hash = await keep(kept, model);
    assert.equal(hash, before.hash, 'the copy is another model');
    rmSync(folder.at('run'), { recursive: true });
    const place = await kept.place(hash, { path: model });
    const { info } = await identifiedModel(engine, place!, signal);
    assert.deepEqual(info.labels.value, NAMES);
    assert.deepEqual(info.preprocessing, before.info.preprocessing);
    assert.equal(await kept.bytes(hash), sizeOf(folder.at('kept')));
    assert.equal(await kept.place('another hash', { path: model }), undefined);
  });

  it('are there once for each content, also with labels that were chosen', async () => {
    const kept = keptIn();
    const model = folder.write('net.onnx', biasedModel(1, 1));
    const labels = folder.write('elsewhere/names.txt', NAMES.join('\n'));
    const choice = { path: model, labels };
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      const draft = await kept.draft(choice, (await inspected(engine, choice, signal)).files, signal);
      hashes.push(draft.identified.hash);
      await kept.keep(draft);
    }
    assert.equal(hashes[0], hashes[1]);
    assert.equal(hashes[0], (await identifiedModel(engine, choice, signal)).hash);
    assert.equal(readdirSync(folder.at('kept')).length, 1);
    const place = (await kept.place(hashes[0]!, choice))!;
    assert.ok(place.labels!.startsWith(folder.at('kept')) && place.path!.startsWith(folder.at('kept')));
  });

  it('are not used if a byte of them has changed', async () => {
    const kept = keptIn();
    const hash = await keep(kept, folder.write('net.onnx', biasedModel(2, 1)));
    const place = (await kept.place(hash, {}))!.path!;
    const bytes = readFileSync(place);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(place, bytes);
    assert.equal(await kept.place(hash, {}), undefined);
    rmSync(place);
    assert.equal(await keptIn().place(hash, {}), undefined);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(path.join(path.dirname(path.dirname(place)), 'kept.json'), '{"hash": 1}');
    assert.equal(await kept.bytes(hash), undefined);
  });

  it('are dropped from the oldest on until they fit, but for those that are pinned or in work', async () => {
    const size = biasedModel(0, 1).length;
    const kept = keptIn(2.5 * size);
    const run = folder.write('r.groupcam', 'x');
    const hashes: string[] = [];
    for (let i = 0; i < 5; i++) {
      const hash = await keep(kept, folder.write('net.onnx', biasedModel(i, 1)));
      const place = (await kept.place(hash, {}))!.path!;
      const says = path.join(path.dirname(path.dirname(place)), 'kept.json');
      utimesSync(says, 1000 + i, 1000 + i);
      await kept.use(hash, { run, version: i, pinned: i === 0 });
      hashes.push(hash);
    }
    const left = async () => Promise.all(hashes.map(async (hash) => Number((await kept.bytes(hash)) !== undefined)));
    await kept.fit();
    assert.deepEqual(await left(), [1, 0, 0, 0, 1]);
    const release = kept.hold(hashes[4]!);
    await keptIn(0).fit();
    assert.deepEqual(await left(), [1, 0, 0, 0, 0], 'what another process holds is not known here');
    release();
    await kept.forget(hashes[0]!, { run, version: 7 });
    assert.deepEqual(await left(), [1, 0, 0, 0, 0], 'another version needs it');
    rmSync(run);
    await keptIn(0).fit();
    assert.deepEqual(await left(), [0, 0, 0, 0, 0], 'the run file that has pinned it is gone');
    assert.ok(existsSync(folder.at('kept')));
  });

  it('are not dropped while it can not be known who needs them', async () => {
    const kept = keptIn(0);
    const run = folder.write('r.groupcam', 'x');
    const hash = await keep(kept, folder.write('net.onnx', biasedModel(0, 1)));
    await kept.use(hash, { run, version: 1, pinned: true });
    const users = path.join(path.dirname(path.dirname((await kept.place(hash, {}))!.path!)), 'users');
    // What is no folder can't be listed, as one of another owner.
    renameSync(users, `${users}-aside`);
    writeFileSync(users, 'no folder');
    await assert.rejects(kept.fit(), /ENOTDIR/);
    await assert.rejects(kept.forget(hash, { run, version: 2 }), /ENOTDIR/);
    assert.notEqual(await kept.bytes(hash), undefined);
    rmSync(users);
    renameSync(`${users}-aside`, users);
    await kept.fit();
    assert.notEqual(await kept.bytes(hash), undefined, 'it is pinned');
    await assert.rejects(createKeptModels(folder.at('net.onnx'), 0, engine).fit(), /ENOTDIR/);
    await createKeptModels(folder.at('nowhere'), 0, engine).fit();
  });

  it('of a storage that can not be read leave the model itself usable, and are named where it is gone', async () => {
    const model = folder.write('net.onnx', biasedModel(0, 1));
    const { hash } = await identifiedModel(engine, { path: model }, signal);
    const kept = createKeptModels(folder.write('storage', 'no folder'), 2 ** 30, engine);
    const find = () => findModel(model, { choice: { path: model }, hash }, kept);
    assert.deepEqual(await find(), { file: model });
    rmSync(model);
    assert.match((await find()).unavailable!, /weights gone.*The copy of it can not be read: .*ENOTDIR/);
  });

  it('a model whose folder has become a file is one that is not there', async () => {
    const model = path.join(folder.write('models', 'a file now'), 'net.onnx');
    const found = await findModel(model, { choice: { path: model }, hash: 'any' }, undefined);
    assert.match(found.unavailable!, /net\.onnx: no such model file/);
  });
});

/** Bytes of the copied files. */
function sizeOf(folder: string): number {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile() && entry.name !== 'kept.json')
    .reduce((sum, entry) => sum + readFileSync(path.join(entry.parentPath, entry.name)).length, 0);
}
