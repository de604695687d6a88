/** The runner in a process of its own, asked as the extension asks it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { createRunner, type Runner } from '../../src/client/runner';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { RunInfo, Work } from '../../src/protocol/dataset';
import { CIFAR, cifarSubset, RESNET20 } from '../support/cifar';
import { testFolder } from '../support/folder';
import { needs, project } from '../support/shared';
import { until } from '../support/wait';

describe('runner: process', () => {
  const folder = testFolder();
  const started: Runner[] = [];
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });
  afterEach(() => {
    for (const runner of started.splice(0)) runner.dispose();
  });

  async function prepared(perClass: number) {
    const runner = createRunner({ module: project('dist', 'runner.js'), log: () => {} });
    started.push(runner);
    const images = cifarSubset(folder.at('images'), perClass);
    const run = folder.at('r.groupcam');
    const listed: number[] = [];
    await runner.call(
      'prepare',
      { run, source: images, models: [{ path: RESNET20 }] },
      { on: { listed: (n) => listed.push(n) } },
    );
    assert.equal(listed.at(-1), 10 * perClass);
    const info = await runner.call('open', { run });
    let work: readonly Work[] = [];
    let latest = info;
    let rows = 0;
    const on = {
      work: (now: readonly Work[]) => {
        work = now;
      },
      rows: ({ done }: { readonly done: number }) => {
        rows = done;
      },
      info: (now: RunInfo) => {
        latest = now;
      },
    };
    runner.call('follow', { run }, { on, timeout: Number.POSITIVE_INFINITY }).catch(() => {});
    const version = info.versions[0]!.id;
    const stateOf = (id: number) => work.find((one) => one.id === id)?.state;
    return {
      runner,
      run,
      images,
      version,
      info,
      now: () => latest,
      rows: () => rows,
      ended: (id: number) => until(`work ${id} has ended`, () => stateOf(id) === 'done' || stateOf(id) === 'failed'),
      workOf: (id: number) => work.find((one) => one.id === id)!,
      stateOf,
    };
  }

  it('lists, sweeps, and tells how far it is', async () => {
    const { runner, run, version, info, rows, ended, workOf, now } = await prepared(20);
    assert.equal(info.items, 200);
    assert.equal(info.categories.length, 10);
    assert.deepEqual(
      info.versions[0]!.classes,
      Array.from({ length: 10 }, (_, i) => [i]),
    );
    const before = await runner.call('list', { run, version, query: '', first: 5 });
    assert.equal(before.count, 200);
    const waiting = await runner.call('rows', { run, version, list: before.list, from: 0, count: 3 });
    assert.deepEqual(
      waiting.map(({ state }) => state),
      ['waiting', 'waiting', 'waiting'],
    );
    const { work } = await runner.call('sweep', { run, version, device: 'cpu' });
    assert.deepEqual(await runner.call('sweep', { run, version, device: 'cpu' }), { work }, 'one sweep is enough');
    await ended(work);
    assert.deepEqual(workOf(work), { ...workOf(work), state: 'done', done: 200, failed: 0, total: 200, kind: 'sweep' });
    await until('rows were told', () => rows() === 200);
    await until('the state was told', () => now().versions[0]!.done === 200);
    const { accuracy } = await runner.call('classes', { run, version });
    const wrong = await runner.call('list', { run, version, query: 'wrong', first: 0 });
    assert.ok(Math.abs(accuracy! - (1 - wrong.count / 200)) < 1e-12);
  });

  it('computes maps of a selection, draws it as a sheet, and a mean image of a class', async () => {
    const { runner, run, version, ended, workOf, images } = await prepared(5);
    const { work } = await runner.call('sweep', { run, version, device: 'cpu' });
    await ended(work);
    const { list } = await runner.call('list', { run, version, query: 'true = cat', first: 0 });
    const of = { list, ranges: [[1, 3]] as const };
    const method = { ...DEFAULT_CHOICE, method: 'layer-cam' as const };
    const maps = await runner.call('compute', { run, version, device: 'cpu', method, of });
    await ended(maps.work);
    assert.deepEqual([workOf(maps.work).state, workOf(maps.work).done, workOf(maps.work).total], ['done', 2, 2]);
    const rows = await runner.call('rows', { run, version, list, from: 0, count: 5 });
    assert.deepEqual(
      rows.map(({ map }) => map!.method),
      ['grad-cam', 'layer-cam', 'layer-cam', 'grad-cam', 'grad-cam'],
    );

    const output = folder.at('sheet.png');
    assert.deepEqual(await runner.call('export', { run, version, of: { list }, kind: 'sheet', output }), { rows: 5 });
    const { width, height } = await sharp(output).metadata();
    assert.ok(width > 900 && height > 700, `${width} x ${height}`);

    const cat = 3;
    const [entry] = await runner.call('atlas', { run, version, by: 'true', indices: [cat] });
    assert.equal(entry!.count, 5);
    assert.equal(entry!.image!.pictures, 5);
    // The mean colour of the mean image is that of the images, which all have the network's proportions.
    const files = rows.map((row) => path.join(images, row.path));
    const means = await Promise.all(
      files.map(async (file) => meanOf(await sharp(file).removeAlpha().raw().toBuffer())),
    );
    const expected = means.reduce((sum, mean) => sum + mean, 0) / means.length;
    assert.ok(Math.abs(meanOf(entry!.image!.rgb) - expected) < 2, `${meanOf(entry!.image!.rgb)}, not ${expected}`);

    const pictures = await runner.call('pictures', { run, version, items: rows.map(({ item }) => item), maps: true });
    assert.ok(pictures.every(({ thumbnail, map, inputSize }) => thumbnail && map && inputSize?.width === 32));
  });

  it('tells followers of a tag and its key before it answers, however soon one comes after the other', async () => {
    const { runner, run, version, now } = await prepared(1);
    const { list } = await runner.call('list', { run, version, query: '', first: 0 });
    await runner.call('tag', { run, version, of: { list, ranges: [[0, 2]] }, tag: 'relabel', on: true });
    assert.deepEqual(now().tags, [{ name: 'relabel', count: 2 }]);
    await runner.call('tagKey', { run, tag: 'relabel', key: 'r' });
    assert.deepEqual(now().tags, [{ name: 'relabel', key: 'r', count: 2 }]);
    await runner.call('undo', { run });
    assert.equal(now().tags.find(({ name }) => name === 'relabel')?.count ?? 0, 0);
  });

  it('pauses, resumes and cancels; a cancelled sweep goes on when it is asked for again', async () => {
    const { runner, run, version, ended, stateOf } = await prepared(100);
    const { work } = await runner.call('sweep', { run, version, device: 'cpu' });
    await runner.call('pause', { run, work });
    await until('it is paused', () => stateOf(work) === 'paused');
    await runner.call('resume', { run, work });
    await until('it goes on', () => stateOf(work) !== 'paused');
    await runner.call('cancel', { run, work });
    await ended(work);
    const again = await runner.call('sweep', { run, version, device: 'cpu' });
    await ended(again.work);
    assert.equal((await runner.call('list', { run, version, query: 'waiting', first: 0 })).count, 0);
  });

  it('a sweep that waited while classes were listed anew judges by the new ones', async () => {
    const { runner, run, version, images, ended, stateOf } = await prepared(20);
    const { work } = await runner.call('sweep', { run, version, device: 'cpu' });
    await runner.call('pause', { run, work });
    await until('it is paused', () => stateOf(work) === 'paused');
    // The first in the order of names, so that each of the others gets another place.
    cpSync(path.join(images, 'cat'), path.join(images, '0 others'), { recursive: true });
    await runner.call('prepare', { run, source: images, models: [{ path: RESNET20 }] });
    await runner.call('resume', { run, work });
    await ended(work);
    const { count } = await runner.call('list', { run, version, query: 'correct', first: 0 });
    assert.ok(count > 150 && count <= 200, `${count} of 200 are right`);
    for (const name of ['cat', 'truck']) {
      const { count: of } = await runner.call('list', { run, version, query: `correct and true = ${name}`, first: 0 });
      assert.ok(of > 10, `${of} of 20 are right: ${name}`);
    }
  });

  it('takes up what the file beside the run file says of class names, and computes what it changes again', async () => {
    const { runner, run, version, images, ended } = await prepared(5);
    renameSync(path.join(images, 'cat'), path.join(images, 'kitty'));
    const cats = () => runner.call('list', { run, version, query: 'correct and true = kitty', first: 0 });
    const meant = (info: RunInfo) => info.versions[0]!.classes[info.categories.indexOf('kitty')];
    const listed = await runner.call('prepare', { run, source: images, models: [{ path: RESNET20 }] });
    assert.deepEqual(meant(listed), []);
    await ended((await runner.call('sweep', { run, version, device: 'cpu' })).work);
    assert.equal((await cats()).count, 0);

    folder.write('r.groupcam.mapping.json', { help: 'any', categories: { kitty: ['cat'] } });
    const mapped = await runner.call('mapClasses', { run, version });
    assert.deepEqual([meant(mapped), mapped.versions[0]!.done], [[3], 45], 'the five others have to be computed again');
    assert.ok(listed.notes.some((note) => /1 of 10 categories mean no class/.test(note)));
    assert.deepEqual(mapped.notes, []);
    await ended((await runner.call('sweep', { run, version, device: 'cpu' })).work);
    assert.ok((await cats()).count > 2);

    // Listing the images again keeps what the file says.
    const again = await runner.call('prepare', { run, source: images, models: [{ path: RESNET20 }] });
    assert.deepEqual([meant(again), again.versions[0]!.done], [[3], 50]);
    folder.write('r.groupcam.mapping.json', { categories: { kitty: ['lion'] } });
    await assert.rejects(runner.call('mapClasses', { run, version }), { code: 'unknown-class', message: /lion/ });
    assert.deepEqual(meant(await runner.call('open', { run })), [3]);
    rmSync(folder.at('r.groupcam.mapping.json'));
    const without = await runner.call('mapClasses', { run, version });
    assert.deepEqual([meant(without), without.versions[0]!.done], [[], 45]);
  });

  it('shows a file that another process writes to, but changes nothing in it', async () => {
    const { run, version } = await prepared(1);
    const other = createRunner({ module: project('dist', 'runner.js'), log: () => {} });
    started.push(other);
    const info = await other.call('open', { run });
    assert.match(info.readOnly!, /process \d+ has this run file open/);
    await assert.rejects(other.call('sweep', { run, version, device: 'cpu' }), { code: 'run-file-busy' });
    assert.equal((await other.call('list', { run, version, query: '', first: 0 })).count, 10);
  });

  it('follows what another process writes, and is told when that process has closed the file', async () => {
    const { runner, run, version, ended } = await prepared(1);
    const other = createRunner({ module: project('dist', 'runner.js'), log: () => {} });
    started.push(other);
    await other.call('open', { run });
    let seen: RunInfo | undefined;
    let isFree = false;
    const on = {
      info: (info: RunInfo) => {
        seen = info;
      },
      free: () => {
        isFree = true;
      },
    };
    other.call('follow', { run }, { on, timeout: Number.POSITIVE_INFINITY }).catch(() => {});
    const { list } = await runner.call('list', { run, version, query: '', first: 0 });
    await runner.call('tag', { run, version, of: { list, ranges: [[0, 2]] }, tag: 'odd', on: true });
    await until('the tag', () => seen?.tags[0]?.count === 2);
    await ended((await runner.call('sweep', { run, version, device: 'cpu' })).work);
    await until('the sweep', () => seen?.versions[0]?.done === 10);
    assert.equal(isFree, false);
    await runner.call('close', { run });
    await until('the file is free', () => isFree);
    await other.call('close', { run });
    assert.equal((await other.call('open', { run })).readOnly, undefined);
    assert.equal((await other.call('undo', { run })).undone, 'tag "odd" set on 2 images');
  });

  it('tells that a model that is watched is none any more', async () => {
    const model = folder.at('watched', 'net.onnx');
    folder.write('watched/net.onnx', readFileSync(RESNET20));
    const environment = { GROUP_CAM_MODELS: folder.at('kept'), GROUP_CAM_KEPT_MODELS: '1' };
    const runner = createRunner({
      module: project('dist', 'runner.js'),
      environment: () => environment,
      log: () => {},
    });
    started.push(runner);
    const run = folder.at('r.groupcam');
    await runner.call('prepare', { run, source: cifarSubset(folder.at('images'), 1), models: [{ path: model }] });
    await runner.call('open', { run });
    let told: string | undefined;
    const on = {
      failed: ({ message }: { readonly message: string }) => {
        told = message;
      },
    };
    runner.call('watch', { run, device: 'cpu' }, { on, timeout: Number.POSITIVE_INFINITY }).catch(() => {});
    folder.write('watched/net.onnx', 'no model');
    await until('the failure', () => told !== undefined);
    assert.match(told!, /net\.onnx/);
    assert.equal((await runner.call('list', { run, version: 1, query: '', first: 0 })).count, 10);
  });

  it('keeps paths that hold in a process of another folder', async () => {
    const { runner, run, images, version } = await prepared(1);
    const relative = (file: string) => path.relative(process.cwd(), file);
    const models = [{ path: relative(RESNET20) }];
    const again = await runner.call('prepare', { run, source: relative(images), models });
    assert.deepEqual([again.source, again.prepared], [images, [version]]);
  });

  it('says that a model is gone, and keeps what is stored', async () => {
    const { runner, run, images } = await prepared(1);
    const model = folder.at('net.onnx');
    for (const [from, to] of [
      [RESNET20, model],
      [RESNET20.replace('.onnx', '.explain.json'), folder.at('net.explain.json')],
      [path.join(path.dirname(RESNET20), 'cifar10_labels.txt'), folder.at('cifar10_labels.txt')],
    ] as const)
      folder.write(path.basename(to), readFileSync(from));
    const info = await runner.call('prepare', { run, source: images, models: [{ path: model }] });
    const { id } = info.versions.find(({ name }) => name === 'net')!;
    rmSync(model);
    assert.ok(!existsSync(model));
    const again = await runner.call('prepare', { run, source: images, models: [] });
    assert.match(again.versions.find((version) => version.id === id)!.unavailable!, /net\.onnx: no such model file/);
    assert.equal(again.versions.find((version) => version.id !== id)!.unavailable, undefined);
  });
});

const meanOf = (bytes: Uint8Array) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
