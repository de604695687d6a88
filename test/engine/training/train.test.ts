/** Fine-tuning through the engine's request. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { createService } from '../../../src/engine/service';
import { ARMS } from '../../../src/protocol/training';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { tinySet } from '../../support/tiny-training';
import { trainWith } from '../../support/train';

describe('training', () => {
  const folder = testFolder();
  const service = createService();

  async function setUp(perClass = 10) {
    const { model, images } = await tinySet(folder, perClass);
    const held = Math.ceil(images.length / 4);
    return {
      model,
      train: images.slice(held),
      heldOut: images.slice(0, held),
      output: folder.at('new.onnx'),
      checkpoint: folder.at('new.training'),
    };
  }

  for (const arm of ARMS)
    it(`${arm} learns, and tells its steps and epochs`, async () => {
      const set = await setUp();
      const options = { arm, epochs: 4, rate: 0.05 };
      const watched = set.heldOut.slice(0, 2);
      const { steps, epochs, maps, trained } = await trainWith(service, { ...set, options, watched });
      const [before] = epochs;
      const after = epochs.find(({ epoch }) => epoch === trained.best)!;
      assert.equal(before!.epoch, 0);
      assert.ok(
        after.heldOut.loss < before!.heldOut.loss,
        `${after.heldOut.loss} is not below ${before!.heldOut.loss}`,
      );
      if (arm !== 'head') {
        assert.equal(steps.length, 4 * Math.ceil(set.train.length / 8));
        assert.deepEqual(
          epochs.map(({ step }) => step),
          [0, 3, 6, 9, 12],
        );
      }
      assert.deepEqual(
        maps.map(({ epoch, item }) => [epoch, item]),
        epochs.flatMap(({ epoch }) => watched.map(({ id }) => [epoch, id])),
      );
      assert.deepEqual(trained.epochs, epochs);
      assert.deepEqual(
        [...trained.changed].sort(),
        arm === 'head' ? ['fc', 'fc_b'] : ['body', 'fc', 'fc_b', 'stem', 'stem_b'],
      );
      assert.ok(!existsSync(set.checkpoint), 'the checkpoint is removed');
    });

  it('changes initializers only, says where they come from, and is explained as the old model', async () => {
    const set = await setUp();
    await trainWith(service, set);
    const [old, now] = [set.model.path, set.output].map((file) => fromBinary(ModelProtoSchema, readFileSync(file)));
    const without = (proto: typeof old) => ({
      ...proto,
      metadataProps: [],
      graph: { ...proto!.graph, initializer: [] },
    });
    assert.deepEqual(without(now), without(old));
    const shapes = (proto: typeof old) =>
      proto!.graph!.initializer.map(({ name, dims, dataType }) => [name, dims, dataType]);
    assert.deepEqual(shapes(now), shapes(old));
    const told = JSON.parse(now!.metadataProps.find(({ key }) => key === 'group-cam.training')!.value);
    assert.equal(told.dataset, 'a dataset');
    assert.deepEqual(told.images, { train: set.train.length, heldOut: set.heldOut.length });
    const know = (path: string) => service.inspect({ model: { path } }, { signal: { aborted: false }, emit: () => {} });
    const [before, after] = [await know(set.model.path), await know(set.output)];
    for (const key of ['preprocessing', 'labels', 'layers', 'output'] as const) {
      const plain = (value: unknown) =>
        JSON.parse(JSON.stringify(value, (name, of) => (['origin', 'source'].includes(name) ? undefined : of)));
      assert.deepEqual(plain(after[key]), plain(before[key]));
    }
  });

  for (const arm of ['plain', 'group-cam', 'random-mask', 'head'] as const)
    it(`${arm} that is cancelled at any step goes on to the same bytes`, async () => {
      const set = await setUp(8);
      const options = { arm, augment: true, epochs: 3, rate: 0.05, batch: 5 };
      await trainWith(service, { ...set, options });
      const whole = readFileSync(set.output);
      const again = { ...set, output: folder.at('again.onnx'), checkpoint: folder.at('again.training') };
      for (const at of [1, 4, 7]) {
        const stop = new AbortController();
        const run = trainWith(service, { ...again, options }, ({ step }) => step >= at && stop.abort(), stop.signal);
        await assert.rejects(run, { code: 'cancelled' });
      }
      const { trained } = await trainWith(service, { ...again, options });
      assert.deepEqual(readFileSync(again.output), whole);
      assert.equal(trained.epochs.length, arm === 'head' ? trained.epochs.length : 4);
      assert.deepEqual(
        readdirSync(folder.at()).filter((name) => name.includes('training')),
        [],
      );
    });

  it('that is killed goes on to the same bytes', async () => {
    const set = await setUp(8);
    const options = { augment: true, epochs: 3, rate: 0.05, batch: 5 };
    await trainWith(service, { ...set, options });
    const again = { ...set, options, output: folder.at('again.onnx'), checkpoint: folder.at('again.training') };
    const job = folder.write('job.json', again);
    for (const at of [2, 6]) {
      const child = fork(project('out', 'test', 'engine', 'training', 'train.entry.js'), [job]);
      child.on('message', (step) => step === at && child.kill('SIGKILL'));
      await once(child, 'exit');
      assert.equal(child.signalCode, 'SIGKILL');
    }
    await trainWith(service, again);
    assert.deepEqual(readFileSync(again.output), readFileSync(set.output));
  });

  it('ends with the best epoch so far when it is told to finish', async () => {
    const set = await setUp();
    const stop = new AbortController();
    const options = { epochs: 50, rate: 0.05 };
    await assert.rejects(
      trainWith(service, { ...set, options }, ({ epoch }) => epoch === 3 && stop.abort(), stop.signal),
    );
    const { trained } = await trainWith(service, { ...set, options, finish: true });
    assert.ok(trained.best >= 1 && trained.best <= 3);
    assert.ok(existsSync(set.output));
  });

  it('names the step at which the loss is no number, and keeps what was good', async () => {
    const set = await setUp();
    const options = { epochs: 3, rate: 1e6 };
    await assert.rejects(trainWith(service, { ...set, options }), {
      code: 'training-diverged',
      message: /model\.onnx: the (loss|gradient of \w+) is no finite number at step \d+ \(epoch \d\)/,
    });
    assert.ok(existsSync(folder.at('new.training', 'training.state')));
    assert.ok(!existsSync(set.output));
  });

  it('says so if the network diverges in the last step, so that only held-out images show it', async () => {
    const set = await setUp();
    const run = trainWith(service, { ...set, options: { epochs: 1, rate: 1e30, batch: 100 } });
    await assert.rejects(run, { code: 'training-diverged', message: /held-out image is no finite number at step 1/ });
  });

  it('says that held-out accuracy fell, also of a head that is fitted before its last epoch', async () => {
    const set = await setUp();
    // What is held out is labelled wrongly, so it can only get worse.
    const heldOut = set.train.map((image) => ({ ...image, truth: [(image.truth[0]! + 1) % 3] }));
    const options = { arm: 'head', epochs: 100, weightDecay: 1 } as const;
    const { trained } = await trainWith(service, { ...set, heldOut, options });
    const [before, after] = [trained.epochs[0]!, trained.epochs[trained.best]!];
    assert.ok(trained.epochs.length < 101 && after.heldOut.accuracy < before.heldOut.accuracy);
    assert.match(trained.notes.join(), /Held-out accuracy fell from/);
  });

  it('says that a loss rises while it does', async () => {
    const set = await setUp(20);
    const told: string[] = [];
    const onStep = ({ note }: { note?: string }) => note !== undefined && told.push(note);
    await trainWith(
      service,
      { ...set, output: folder.at('b.onnx'), checkpoint: folder.at('b'), options: { rate: 3, batch: 4 } },
      onStep,
    ).catch(() => {});
    assert.match(told[0] ?? '', /The loss rises: .* A smaller rate may help/);
  });

  const REFUSED: readonly [what: string, change: (set: Awaited<ReturnType<typeof setUp>>) => object, RegExp][] = [
    ['no held-out image', () => ({ heldOut: [] }), /no image is held out/],
    ['no image', () => ({ train: [] }), /no image is to be trained on/],
    [
      'no label',
      ({ train }) => ({ train: [{ ...train[0]!, truth: [] }, ...train] }),
      /\.png: none of the model's classes/,
    ],
    [
      'a class that is none',
      ({ train }) => ({ train: [{ ...train[0]!, truth: [9] }, ...train] }),
      /its class 9 is none/,
    ],
    ['one class', ({ train }) => ({ train: train.filter(({ truth }) => truth[0] === 1) }), /are "right"/],
    ['an output that exists', ({ model }) => ({ output: model.path }), /never writes over a model/],
    [
      'an output that is a link to nothing',
      ({ output }) => {
        symlinkSync(folder.at('nothing.onnx'), output);
        return {};
      },
      /new\.onnx: can't be written \(a link that leads nowhere\)/,
    ],
    [
      'a file where its state would be',
      () => ({ checkpoint: folder.write('file', 'x') }),
      /training\.state: the state of a training can't be read there \(ENOTDIR/,
    ],
    ['nothing to finish', () => ({ finish: true }), /nothing to finish/],
  ];
  for (const [what, change, message] of REFUSED)
    it(`refuses ${what} before the first step`, async () => {
      const set = await setUp(3);
      const run = trainWith(service, { ...set, ...change(set) }, () => assert.fail('a step was done'));
      await assert.rejects(run, ({ message: line }: Error) => message.test(line) && !line.includes('\n'));
    });

  it('refuses a checkpoint of another training', async () => {
    const set = await setUp(4);
    const stop = new AbortController();
    await assert.rejects(
      trainWith(service, set, () => stop.abort(), stop.signal),
      { code: 'cancelled' },
    );
    await assert.rejects(trainWith(service, { ...set, options: { seed: 1 } }), /the same choice of options/);
    await assert.rejects(trainWith(service, { ...set, train: set.train.slice(1) }), /the same list of images/);
  });
});
