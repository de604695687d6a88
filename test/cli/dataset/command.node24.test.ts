/** `group-cam dataset` and `query`: what they print, and how they end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CIFAR, cifarFolder, cifarSubset, RESNET20 } from '../../support/cifar';
import { type Ended, groupCamEnds, type Running, startGroupCam } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, project, shared } from '../../support/shared';
import { until } from '../../support/wait';
import { rowsOf, succeeds } from './support';

const CLI = project('dist', 'group-cam.js');

describe('cli: dataset and query', () => {
  const folder = testFolder();
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });

  const dataset = (images: string, run: string, ...more: readonly string[]) => [
    ...['dataset', images, '--model', RESNET20, '--run', run, '--device', 'cpu'],
    ...more,
  ];

  async function fails(message: RegExp, ...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await groupCamEnds(args);
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    const [line, ...others] = stderr.trimEnd().split('\n');
    assert.deepEqual(others, []);
    assert.match(line!, message);
  }

  it('goes on, and computes only what is new or has changed', async () => {
    const images = cifarSubset(folder.at('images'), 3);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run));
    const before = await rowsOf(run);
    copyFileSync(
      path.join(images, 'cat', readdirSync(path.join(images, 'cat'))[0]!),
      path.join(images, 'dog', 'new.jpg'),
    );
    appendFileSync(path.join(images, 'ship', readdirSync(path.join(images, 'ship'))[0]!), 'more');
    rmSync(path.join(images, 'frog', readdirSync(path.join(images, 'frog'))[0]!));
    writeFileSync(path.join(images, 'truck', 'bad.jpg'), 'no image');
    const { stderr } = await succeeds(...dataset(images, run));
    assert.match(stderr, /cifar10_resnet20: 30 of 31 images computed, 1 failed/);
    const after = await rowsOf(run);
    assert.equal(after.length, 31);
    const failed = await rowsOf(run, 'failed');
    assert.deepEqual(
      failed.map(({ image }) => image),
      ['truck/bad.jpg'],
    );
    assert.match(failed[0]!.error!, /bad\.jpg: not a readable image/);
    const same = after.filter(({ image }) => before.some((row) => row.image === image) && !image.startsWith('ship'));
    for (const row of same)
      assert.deepEqual(
        { ...row, map: undefined },
        { ...before.find(({ image }) => image === row.image)!, map: undefined },
      );
    assert.equal((await rowsOf(run, 'duplicate')).length, 1, 'the new image has the bytes of another');
  });

  it('adds a version for another model and for a model that has changed, and asks for it by name', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    const run = folder.at('r.groupcam');
    const model = folder.at('net.onnx');
    const sidecar = folder.at('net.explain.json');
    copyFileSync(RESNET20, model);
    copyFileSync(RESNET20.replace('.onnx', '.explain.json'), sidecar);
    copyFileSync(shared('models', 'cifar10_labels.txt'), folder.at('cifar10_labels.txt'));
    await succeeds('dataset', images, '--model', RESNET20, '--model', model, '--run', run, '--device', 'cpu');
    // Bytes after the graph's end: an unknown field of protobuf, which changes the file and nothing else.
    appendFileSync(model, Uint8Array.of(0xc2, 0x3e, 0x01, 0x00));
    await succeeds('dataset', images, '--model', model, '--run', run, '--device', 'cpu');
    const first = await rowsOf(run, '', '--version', 'cifar10_resnet20');
    for (const name of ['net', 'net@2'])
      assert.deepEqual(
        (await rowsOf(run, '', '--version', name)).map(({ top }) => top),
        first.map(({ top }) => top),
      );
    // A model that was put back is the version that it was, though a newer one has its name.
    const prepared = ({ stderr }: Ended) => stderr.match(/^net(@2)?: \d+ of 10 images computed/m)?.[0];
    copyFileSync(RESNET20, model);
    const back = await groupCamEnds(['dataset', images, '--model', model, '--run', run, '--device', 'cpu']);
    assert.equal(prepared(back), 'net: 10 of 10 images computed', back.stderr);
    writeFileSync(sidecar, readFileSync(sidecar, 'utf8').replace('"stretch"', '"crop"'));
    await succeeds('dataset', images, '--model', model, '--run', run, '--device', 'cpu');
    copyFileSync(RESNET20.replace('.onnx', '.explain.json'), sidecar);
    const again = await groupCamEnds(['dataset', images, '--model', model, '--run', run, '--device', 'cpu']);
    assert.equal(prepared(again), 'net: 10 of 10 images computed', again.stderr);
    await fails(
      /--version net@4: must be one of cifar10_resnet20, net, net@2, net@3\./,
      'query',
      run,
      '--version',
      'net@4',
    );
  });

  it('computes better maps of the wrong ones', async () => {
    const images = cifarSubset(folder.at('images'), 10);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run, '--maps', 'group-cam'));
    const rows = await rowsOf(run);
    assert.ok(rows.some(({ correct }) => correct === false));
    for (const { image, correct, map } of rows) assert.equal(map!.method, correct ? 'grad-cam' : 'group-cam', image);
    await succeeds(...dataset(images, run, '--maps', 'group-cam', '--for', 'all'));
    assert.ok((await rowsOf(run)).every(({ map }) => map!.method === 'group-cam'));
  });

  it('prints rows as CSV, JSON and paths, in the order that is asked for', async () => {
    const images = cifarSubset(folder.at('images'), 2);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run));
    const all = await rowsOf(run);
    assert.deepEqual(
      all.map(({ image }) => image),
      all.map(({ image }) => image).sort(),
    );
    const { stdout: csv } = await succeeds('query', run, '--csv');
    assert.match(csv, /^image,true,predicted,p,loss,margin,entropy,correct,top,/);
    assert.equal(csv.trimEnd().split('\n').length, 21);
    const { stdout: paths } = await succeeds('query', run, 'order by path desc limit 1');
    assert.equal(paths.trimEnd(), path.join(images, all.at(-1)!.image));
    const parquet = folder.at('rows.parquet');
    for (const count of [3, 2]) await succeeds('query', run, `limit ${count}`, '--parquet', parquet);
    assert.ok(existsSync(parquet));
  });

  it('ends quietly with the reader of its rows, and says in one line where they can not go', async function () {
    needs(this, '/bin/sh', 'the output goes through a pipe of a shell');
    const images = cifarSubset(folder.at('images'), 20);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run));
    const command = `'${process.execPath}' '${CLI}' query '${run}' --json`;
    const read = await ends('/bin/sh', ['-c', `{ ${command}; echo "code $?" >&2; } | head -n 1`]);
    assert.equal(read.stderr, 'code 0\n');
    assert.equal(read.stdout.trimEnd().split('\n').length, 1);
    if (!existsSync('/dev/full')) return;
    const full = await ends('/bin/sh', ['-c', `${command} > /dev/full`]);
    assert.equal(full.code, 1);
    assert.match(full.stderr, /^error: standard output: can't be written \(ENOSPC[^\n]*\n$/);
  });

  it('fails in one line for a run file that lacks a table', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run));
    const db = new DatabaseSync(run);
    db.exec('DROP TABLE maps');
    db.close();
    await fails(/^error: .*r\.groupcam: not a readable run file \(no such table: maps\)/, ...dataset(images, run));
  });

  it('says in one line what is wrong', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    const run = folder.at('r.groupcam');
    await succeeds(...dataset(images, run));
    await fails(/nowhere: not a usable dataset \(no such file or folder\)/, ...dataset(folder.at('nowhere'), run));
    await fails(
      /nothing\.onnx: no such model file/,
      'dataset',
      images,
      '--model',
      folder.at('nothing.onnx'),
      '--run',
      run,
    );
    await fails(/--for wrong: must be left out, or given with --maps/, ...dataset(images, run, '--for', 'wrong'));
    await fails(/query, at character 10/, 'query', run, 'wrong and');
    await fails(/query, at character 8 \("zebra"\): no class is called "zebra" \(/, 'query', run, 'true = zebra');
    const untagged = await succeeds('query', run, 'tag = zebra');
    assert.deepEqual([untagged.stdout, untagged.stderr], ['', 'No image has the tag "zebra".\n']);
    await fails(
      /none\.groupcam: no such run file\. Is one of these meant\? r\.groupcam\./,
      'query',
      folder.at('none.groupcam'),
    );
    await fails(/[\\/]r: no such run file\. Is one of these meant\? r\.groupcam\./, 'query', folder.at('r'));
    await fails(/no[\\/]such: no such run file\. Name one that .* has made/, 'query', folder.at('no', 'such'));
    const text = folder.write('text.groupcam', 'no database');
    await fails(/text\.groupcam: not a run file \(it is no database\)\. It stays as it is/, 'query', text);
    await fails(/text\.groupcam: not a run file/, ...dataset(images, text));
    await fails(/images: not a run file \(it is a folder, not a file\)/, ...dataset(images, images));
    await fails(/text\.groupcam: can't be written \(a file that is no Parquet/, 'query', run, '--parquet', text);
    assert.equal(readFileSync(text, 'utf8'), 'no database');
    const { code, stderr } = await groupCamEnds(['query', run], { ...process.env, TMPDIR: folder.at('no') });
    assert.deepEqual([code, /^error: .*can't be written \(ENOENT/.test(stderr)], [1, true], stderr);
    await fails(
      /r\.groupcam: can't be written \(.*text\.groupcam is no folder\)/,
      ...dataset(images, path.join(text, 'r.groupcam')),
    );
    if (process.platform === 'linux')
      await fails(/r\.groupcam: can't be written/, ...dataset(images, '/proc/no/r.groupcam'));
    // A folder that is not there is made.
    await succeeds(...dataset(images, folder.at('no', 'folder', 'r.groupcam')));
  });

  it('keeps what was written when there is no more room, and goes on once there is', async function () {
    needs(this, '/bin/sh', 'the size of files is limited by a shell');
    const images = cifarSubset(folder.at('images'), 100);
    const run = folder.at('r.groupcam');
    const args = dataset(images, run).map((arg) => `'${arg}'`);
    const full = await ends('/bin/sh', ['-c', `ulimit -f 1200; exec '${process.execPath}' '${CLI}' ${args.join(' ')}`]);
    assert.equal(full.code, 1, full.stderr);
    assert.match(full.stderr, /^error: .*r\.groupcam: can't be written .*What was written before is kept/m);
    const kept = await rowsOf(run, 'correct or wrong');
    assert.ok(kept.length > 0 && kept.length < 1000, `${kept.length} rows`);
    const { stderr } = await succeeds(...dataset(images, run));
    assert.match(stderr, /1000 of 1000 images computed/);
  });

  for (const [what, stop] of [
    ['Ctrl-C', ({ interrupt }: Running) => interrupt()],
    // As a scheduler does.
    ['SIGTERM', ({ pid }: Running) => process.kill(pid, 'SIGTERM')],
  ] as const) {
    it(`is stopped by ${what} with exit code 130, and keeps what is done; meanwhile nobody else writes`, async () => {
      const run = folder.at('r.groupcam');
      const running = startGroupCam(dataset(cifarFolder(), run));
      await until(
        'rows are there',
        async () => existsSync(run) && (await groupCamEnds(['query', run, 'wrong'])).stdout !== '',
      );
      await fails(
        new RegExp(`r\\.groupcam: process ${running.pid} has this run file open`),
        ...dataset(cifarFolder(), run),
      );
      stop(running);
      const { code, stderr } = await running.ended();
      assert.equal(code, 130, stderr);
      assert.match(stderr, /stopped; what is done is kept/);
      assert.ok((await rowsOf(run, 'correct or wrong')).length > 0);
      assert.deepEqual(
        readdirSync(path.dirname(run)).filter((name) => name.startsWith('r.groupcam')),
        ['r.groupcam'],
      );
    });
  }

  it('ends an engine that holds more memory than GROUP_CAM_MEMORY allows', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    const env = { ...process.env, GROUP_CAM_MEMORY: '0.03' };
    const { code, stderr } = await groupCamEnds(dataset(images, folder.at('r.groupcam')), env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the engine was ended, as it held more than .* GiB.*GROUP_CAM_MEMORY/);
  });

  it('says the defaults of a training', async () => {
    const { stdout } = await succeeds('finetune', '--help');
    const text = stdout.replace(/\s+/g, ' ');
    for (const said of [
      /--epochs <n> passes over the images \(default: 5 for head, else 3\)/,
      /--lr <x> [^(]* \(default: 0\.0003 if regions are pasted, else 0\.001\)/,
      /--keep <x> [^(]* \(default: 0\.8 if regions are pasted, else 0\)/,
      /--seed <n> [^(]* \(default: 0\)/,
    ])
      assert.match(text, said);
  });

  it('describes the commands', async () => {
    for (const command of ['dataset', 'query', 'merge']) {
      const { stdout } = await succeeds(command, '--help');
      assert.match(stdout, /run file/);
    }
  });
});

async function ends(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), stdout, stderr };
}
