/** What goes wrong outside a training: its state is damaged, its images change, the model can't be trained, memory is short. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { ARMS } from '../../../src/protocol/training';
import { testFolder } from '../../support/folder';
import { needs } from '../../support/shared';
import type { TinyModel } from '../../support/tiny-model';
import { LEARNER, tinySet } from '../../support/tiny-training';
import { trainWith } from '../../support/train';

describe('a training in trouble', () => {
  const folder = testFolder();
  const service = createService();
  const OPTIONS = { epochs: 3, rate: 0.05, batch: 5, augment: true };
  const STATE = () => folder.at('new.training', 'training.state');

  async function setUp(perClass = 8, network: TinyModel = LEARNER) {
    const { model, images } = await tinySet(folder, perClass, network);
    const held = Math.ceil(images.length / 4);
    const set = { model, train: images.slice(held), heldOut: images.slice(0, held), options: OPTIONS };
    return { ...set, output: folder.at('new.onnx'), checkpoint: folder.at('new.training') };
  }
  type Set = Awaited<ReturnType<typeof setUp>>;

  /** The bytes that a training ends with to which nothing happens. */
  async function undisturbed(set: Set): Promise<Buffer> {
    const output = folder.at('whole.onnx');
    await trainWith(service, { ...set, output, checkpoint: folder.at('whole.training') });
    return readFileSync(output);
  }

  async function stopAt(set: Set, at: number): Promise<void> {
    const stop = new AbortController();
    const run = trainWith(service, set, ({ step }) => step === at && stop.abort(), stop.signal);
    await assert.rejects(run, { code: 'cancelled' });
  }

  const isOneLine = (pattern: RegExp) => (thrown: Error) =>
    pattern.test(thrown.message) && !thrown.message.includes('\n');

  const flip = (file: string, at: (size: number) => number) => {
    const bytes = readFileSync(file);
    bytes[at(bytes.length)]! ^= 1;
    writeFileSync(file, bytes);
  };
  const DAMAGES: readonly [string, (file: string) => void, RegExp][] = [
    ['cut off', (file) => truncateSync(file, 1000), /cut off|another length/],
    ['cut off to nothing', (file) => truncateSync(file, 0), /cut off/],
    ['cut off by a byte', (file) => truncateSync(file, readFileSync(file).length - 1), /another length/],
    ['changed by a bit of its length', (file) => flip(file, () => 3), /cut off/],
    ['changed by a bit of its text', (file) => flip(file, () => 40), /checksum|training\.state/],
    ['changed by a bit of a weight', (file) => flip(file, (size) => size - 400), /checksum/],
    ['another file', (file) => writeFileSync(file, 'x'.repeat(5000)), /cut off|training\.state/],
  ];
  for (const [what, damage, reason] of DAMAGES)
    it(`begins again if its state is ${what}, says so, and ends with the same bytes`, async () => {
      const set = await setUp();
      const whole = await undisturbed(set);
      await stopAt(set, 6);
      damage(STATE());
      const lost = (line: string) => /not the state that was kept .* so it can only begin again/.test(line);
      await assert.rejects(trainWith(service, { ...set, finish: true }), ({ message }: Error) => lost(message));
      const { steps, notes, trained } = await trainWith(service, set);
      assert.equal(steps[0]!.step, 1);
      const [note] = notes.filter(lost);
      assert.match(note ?? '', reason);
      assert.ok(trained.notes.includes(note!));
      assert.deepEqual(readFileSync(set.output), whole);
    });

  it('tells how far it is with held-out images, features and maps', async () => {
    const set = await setUp();
    const watched = set.heldOut.slice(0, 2);
    for (const arm of ['plain', 'head'] as const) {
      const output = folder.at(`${arm}.onnx`);
      const options = { ...OPTIONS, arm, epochs: 2 };
      const { progress, epochs } = await trainWith(service, { ...set, options, watched, output });
      const of = (part: string) => progress.filter((one) => one.part === part);
      const whole = (part: string, epoch: number) => {
        const own = of(part).filter((one) => one.epoch === epoch);
        assert.deepEqual([own[0]!.done, own.at(-1)!.done], [0, own[0]!.total], `${part} of epoch ${epoch}`);
        return own[0]!.total;
      };
      for (const { epoch } of epochs) assert.equal(whole('maps', epoch), 2);
      if (arm === 'head') assert.equal(whole('features', 0), set.train.length + set.heldOut.length);
      else for (const { epoch } of epochs) assert.equal(whole('held-out', epoch), set.heldOut.length);
    }
  });

  it('tells how far a step is that takes long, and nothing of others', async () => {
    const set = await setUp();
    const stepsOf = async (arm: 'plain' | 'group-cam') => {
      const [output, checkpoint] = [folder.at(`${arm}.onnx`), folder.at(`${arm}.training`)];
      const told = await trainWith(service, { ...set, output, checkpoint, options: { ...OPTIONS, arm, epochs: 1 } });
      rmSync(output);
      return told.progress.filter(({ part }) => part === 'step');
    };
    assert.deepEqual(await stepsOf('plain'), []);
    const { now } = performance;
    let time = 0;
    performance.now = () => {
      time += 700;
      return time;
    };
    try {
      for (const [arm, total] of [
        ['plain', 5],
        ['group-cam', 10],
      ] as const) {
        const told = await stepsOf(arm);
        assert.deepEqual([...new Set(told.map((one) => one.total))], [total]);
        assert.deepEqual([...new Set(told.map(({ epoch }) => epoch))], [0, 1]);
        assert.deepEqual(
          told.slice(0, total - 1).map(({ done }) => done),
          [...Array(total - 1).keys()].map((i) => i + 2),
        );
      }
    } finally {
      performance.now = now;
    }
  });

  const change = ({ train }: Set) => {
    for (const { path } of train) utimesSync(path, 1, 1);
  };
  const remove = ({ train }: Set) => {
    for (const { path } of train) rmSync(path);
  };
  for (const [what, act] of Object.entries({ change, disappear: remove }))
    it(`ends in one line if images ${what} before they were read, and goes on once they are back`, async () => {
      const set = await setUp(20);
      const whole = await undisturbed(set);
      const kept = new Map(set.train.map(({ path }) => [path, readFileSync(path)]));
      let steps = 0;
      const run = trainWith(service, set, ({ step }) => {
        steps = step;
        if (step === 1) act(set);
      });
      await assert.rejects(
        run,
        isOneLine(/\d+\.png: it has changed or disappeared since the training began\. Put it back/),
      );
      assert.ok(steps < 9, 'it went through the first epoch');
      for (const [path, bytes] of kept) writeFileSync(path, bytes);
      const { steps: rest } = await trainWith(service, set);
      assert.equal(rest[0]!.step, steps + 1);
      assert.deepEqual(readFileSync(set.output), whole);
    });

  it('notes images that change after they were read, and goes on with them as they were', async () => {
    const set = await setUp();
    const { epochs } = await trainWith(service, set, ({ step }) => step === 5 && remove(set));
    const notes = epochs.map((epoch) => epoch.notes.filter((note) => /changed or disappeared/.test(note)).length);
    assert.deepEqual(notes, [0, 0, 1, 1]);
    const others = set.train.length - 1;
    assert.match(epochs[2]!.notes.join(), new RegExp(`\\.png and ${others} other images have changed`));
  });

  it('finishes with the best epoch so far although its images are gone', async () => {
    const set = await setUp();
    await stopAt(set, 9);
    remove(set);
    await assert.rejects(trainWith(service, set), /the same list of images/);
    const { trained } = await trainWith(service, { ...set, finish: true });
    assert.ok(trained.best >= 1 && existsSync(set.output));
  });

  const QUANTISED: TinyModel = {
    nodes: [
      ['DequantizeLinear', 'stem8 unit', 'stem'],
      ['Conv', 'image stem', 'map'],
      ['GlobalAveragePool', 'map', 'pooled'],
      ['Flatten', 'pooled', 'row'],
      ['DequantizeLinear', 'fc8 unit', 'fc'],
      ['MatMul', 'row fc', 'logits'],
    ],
    outputs: ['logits'],
    initializers: [
      makeTensor(
        'stem8',
        DataType.INT8,
        [4, 3, 3, 3],
        Array.from({ length: 108 }, (_, i) => (i % 50) - 25),
      ),
      makeTensor(
        'fc8',
        DataType.INT8,
        [4, 3],
        Array.from({ length: 12 }, (_, i) => i - 6),
      ),
      makeTensor('unit', DataType.FLOAT, [], [0.05]),
    ],
  };
  /** No gradient comes back from the scores. */
  const FROZEN: TinyModel = {
    nodes: [
      ['Conv', 'image stem', 'map'],
      ['Det', 'map', 'determinants'],
      ['Abs', 'determinants', 'logits'],
    ],
    outputs: ['logits'],
    weights: { stem: [3, 3, 1, 1] },
  };
  const UNTRAINABLE: readonly [string, TinyModel, RegExp][] = [
    [
      'quantised',
      QUANTISED,
      /no weights that can be trained \(it is quantised\)\. Train the model that it was made from/,
    ],
    ['frozen', FROZEN, /no weights that can be trained \(no gradient passes Det\)/],
  ];
  for (const [what, network, message] of UNTRAINABLE)
    for (const arm of ['plain', 'head'] as const)
      it(`refuses ${what} weights before the first step (${arm})`, async () => {
        const set = await setUp(4, network);
        const options = { ...OPTIONS, arm };
        const run = trainWith(service, { ...set, options }, () => assert.fail('a step was done'));
        await assert.rejects(run, (thrown: Error) => isOneLine(arm === 'head' ? NO_HEAD : message)(thrown));
        assert.ok(!existsSync(set.checkpoint));
      });
  const NO_HEAD = /no weights that can be trained|do not come from one linear layer with constant weights/;

  for (const arm of ARMS)
    it(`refuses ${arm} before the first step if the memory is too small`, async () => {
      const set = await setUp(4);
      const options = { ...OPTIONS, arm };
      const { totalmem } = os;
      os.totalmem = () => 2e4;
      try {
        const run = trainWith(service, { ...set, options }, () => assert.fail('a step was done'));
        await assert.rejects(run, (thrown: Error) =>
          isOneLine(/model\.onnx: .* about \d+\.\d GiB, and this machine allows/)(thrown),
        );
      } finally {
        os.totalmem = totalmem;
      }
      assert.ok(!existsSync(set.checkpoint));
    });

  it('says before the first step that it can not keep its state', async function () {
    needs(this, '/proc/self', 'nothing can be written there');
    const set = { ...(await setUp(4)), checkpoint: '/proc/nothing' };
    for (const arm of ['plain', 'head'] as const) {
      const run = trainWith(service, { ...set, options: { ...OPTIONS, arm } }, () => assert.fail('a step was done'));
      await assert.rejects(run, { code: 'output-unwritable' });
    }
  });
});
