/** What can go wrong where a training writes: other processes, files of others, a full disk, a kill while it writes. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createService } from '../../../src/engine/service';
import { lock } from '../../../src/files/lock/lock';
import { lockOf } from '../../../src/files/training-state';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { mountSmall } from '../../support/small-disk';
import { tinyModel } from '../../support/tiny-model';
import { LEARNER, tinySet } from '../../support/tiny-training';
import { trainWith } from '../../support/train';

describe('where a training writes', () => {
  const folder = testFolder();
  const service = createService();

  async function setUp(to = 'new') {
    const { model, images } = await tinySet(folder, 8);
    const held = Math.ceil(images.length / 4);
    const options = { epochs: 3, rate: 0.05, batch: 5 };
    const set = { model, train: images.slice(held), heldOut: images.slice(0, held), options };
    return { ...set, output: folder.at(`${to}.onnx`), checkpoint: folder.at(`${to}.training`) };
  }
  type Set = Awaited<ReturnType<typeof setUp>>;

  const external = ({ model }: Pick<Set, 'model'>) => {
    const apart = withExternalWeights(tinyModel(LEARNER), 'weights.bin');
    writeFileSync(model.path, apart.model);
    return folder.write('weights.bin', apart.weights);
  };
  /** The new model's files as a training writes them to which nothing happens. */
  async function undisturbed(set: Set): Promise<ReadonlyMap<string, Buffer>> {
    await trainWith(service, set);
    const files = [set.output, `${set.output}.data`].filter(existsSync);
    const bytes = new Map(files.map((file) => [file, readFileSync(file)]));
    for (const file of [...files, set.output.replace('.onnx', '.explain.json')]) rmSync(file);
    return bytes;
  }
  const same = (whole: ReadonlyMap<string, Buffer>) => {
    for (const [file, bytes] of whole) assert.ok(readFileSync(file).equals(bytes), `${file} has other bytes`);
    const left = readdirSync(folder.at()).filter((name) => /training|\.part$|\.lock/.test(name));
    assert.deepEqual(left, [], 'nothing else is left');
  };
  const line = (pattern: RegExp) => (thrown: Error) => pattern.test(thrown.message) && !thrown.message.includes('\n');
  const noStep = () => assert.fail('a step was done');

  it('is held by one process: another waits for a while, and then says which', async () => {
    const set = await setUp();
    const others = () => lock(lockOf(set.checkpoint), () => assert.fail('it is held'));
    const letGo = await others();
    const busy = line(
      new RegExp(`new\\.onnx: process ${process.pid} is in a training that writes there\\. Wait until`),
    );
    await assert.rejects(trainWith(service, set, noStep), busy);
    setTimeout(letGo, 300);
    await trainWith(service, set);
    const again = await others();
    again();
  });

  it('is left by a process that was killed', async () => {
    const set = await setUp();
    const dead = { pid: 2 ** 22 + 1, start: 'long ago' };
    folder.write('new.training.lock', dead);
    await trainWith(service, set);
    assert.ok(!existsSync(lockOf(set.checkpoint)));
  });

  it('is not written over if somebody else has written there meanwhile, and gets the model once that is away', async () => {
    const set = await setUp();
    const whole = await undisturbed(set);
    const run = trainWith(service, set, ({ step }) => step === 9 && writeFileSync(set.output, 'somebody needs this'));
    await assert.rejects(run, line(/new\.onnx: the file exists, and a training never writes over a model/));
    assert.equal(readFileSync(set.output, 'utf8'), 'somebody needs this');
    renameSync(set.output, folder.at('theirs'));
    const { steps } = await trainWith(service, set);
    assert.deepEqual(steps, []);
    same(whole);
  });

  it('is looked at before the first step: a file of weights, settings that are none', async () => {
    const set = await setUp();
    folder.write('new.explain.json', 'hello');
    await assert.rejects(trainWith(service, set, noStep), line(/new\.explain\.json: not JSON/));
    rmSync(folder.at('new.explain.json'));
    external(set);
    folder.write('new.onnx.data', 'somebody needs this');
    await assert.rejects(trainWith(service, set, noStep), line(/new\.onnx\.data: the file exists/));
    assert.equal(readFileSync(folder.at('new.onnx.data'), 'utf8'), 'somebody needs this');
  });

  it('has all of the weights of the old model, or nothing', async () => {
    const set = await setUp();
    const weights = external(set);
    const head = { ...set, options: { ...set.options, arm: 'head' as const } };
    const whole = await undisturbed(head);
    const bytes = readFileSync(weights);
    const run = trainWith(service, head, ({ step }) => step === 3 && writeFileSync(weights, bytes.subarray(0, 500)));
    await assert.rejects(run, line(/weights\.bin: it has changed since the training began/));
    assert.deepEqual([existsSync(set.output), existsSync(`${set.output}.data`)], [false, false]);
    writeFileSync(weights, bytes);
    await trainWith(service, head);
    same(whole);
  });

  it('may be full: a line says so, and with more room it goes on to the same bytes', async function () {
    const set = await setUp('disk/new');
    const whole = await undisturbed(set);
    assert.deepEqual(readdirSync(folder.at('disk')), []);
    const small = mountSmall(folder.at('disk'), 12);
    if ('why' in small) {
      console.warn(`SKIPPED: no small disk can be made: ${small.why}`);
      this.skip();
    }
    try {
      const full = line(/training\.state: can't be written \(the disk is full; make room there\)/);
      await assert.rejects(trainWith(service, set, noStep), full);
      // Room for the state, and not for another beside it.
      small.resize(28);
      await assert.rejects(trainWith(service, set), full);
      small.resize(1000);
      await trainWith(service, set);
      same(whole);
      assert.deepEqual(readdirSync(folder.at('disk')).sort(), ['new.explain.json', 'new.onnx']);
    } finally {
      small.undo();
    }
  });

  it('is written to by a process that is killed while it writes, and gets the same bytes in the end', async () => {
    const set = await setUp();
    external(set);
    const whole = await undisturbed(set);
    const job = folder.write('job.json', set);
    const entry = project('out', 'test', 'engine', 'training', 'train.entry.js');
    mkdirSync(set.checkpoint);
    let kills = 0;
    // Each time it writes one file more: states, weights, the model.
    for (let files = 1; !existsSync(set.output); files++) {
      const child = fork(entry, [job]);
      const seen = new Set<string>();
      const watcher = watch(set.checkpoint, (_, name) => {
        if (name?.endsWith('.part')) seen.add(name);
        if (seen.size >= files) child.kill('SIGKILL');
      });
      await once(child, 'exit');
      watcher.close();
      if (child.signalCode === 'SIGKILL') kills += 1;
      else assert.equal(child.exitCode, 0);
      mkdirSync(set.checkpoint, { recursive: true });
    }
    assert.ok(kills >= 3, `${kills} kills`);
    await trainWith(service, set).catch((thrown: Error) => assert.match(thrown.message, /the file exists/));
    rmSync(set.checkpoint, { recursive: true, force: true });
    rmSync(lockOf(set.checkpoint), { force: true });
    same(whole);
  });
});
