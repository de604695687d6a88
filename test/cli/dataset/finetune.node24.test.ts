/** `group-cam finetune` with the real engine: what it prints, how it ends, and that it goes on after a kill. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { trainingOption } from '../../../src/cli/values';
import { NUMBER_NAMES } from '../../../src/protocol/params/training-options';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, project } from '../../support/shared';
import { CLASSES, tinySet } from '../../support/tiny-training';
import { until } from '../../support/wait';
import { childrenOf, rowsOf, succeeds } from './support';

const PER_CLASS = 20;
const EPOCHS = 40;

interface Epoch {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly train: { readonly accuracy: number };
  readonly heldOut: { readonly accuracy: number };
  readonly seconds: number;
}

const epochsOf = (stdout: string): readonly Epoch[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const timeless = (epochs: readonly Epoch[]) => epochs.map(({ seconds: _, ...epoch }) => epoch);

describe('cli: finetune', () => {
  const folder = testFolder();
  const run = () => folder.at('r.groupcam');
  const output = (name = 'new') => folder.at(`${name}.onnx`);
  let model = '';

  beforeEach(async () => {
    const set = await tinySet(folder, PER_CLASS);
    model = set.model.path;
    const lines = set.images.map(({ path, truth }) => `${path},${CLASSES[truth[0]!]}`);
    const list = folder.write('list.csv', `image,class\n${lines.join('\n')}\n`);
    await succeeds('dataset', list, '--model', model, '--run', run(), '--device', 'cpu');
  });

  const finetune = (to: string, ...more: readonly string[]) => [
    ...['finetune', run(), '--model', model, '--train', '', '--arm', 'plain', '--lr', '0.05', '--batch', '12'],
    ...['--epochs', String(EPOCHS), '--output', to, '--json', '--device', 'cpu', ...more],
  ];
  const start = (args: readonly string[]): ChildProcess & { lines: () => number } => {
    const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout!.on('data', (data) => {
      text += String(data);
    });
    return Object.assign(child, { lines: () => text.split('\n').length - 1 });
  };

  it('prints a line an epoch, and the new model is a version that has learned', async () => {
    const before = await rowsOf(run(), 'correct');
    assert.ok(before.length < 2 * PER_CLASS, 'nothing is known before');
    const args = finetune(output(), '--held-out', 'path ~ "7.png"', '--arm', 'head', '--epochs', '2');
    const { stdout, stderr } = await succeeds(...args);
    const epochs = epochsOf(stdout);
    // The head is done before the last epoch where nothing is left to gain.
    assert.ok(epochs.length >= 2);
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [0, 1, 2].slice(0, epochs.length),
    );
    assert.ok(epochs.every(({ loss, seconds }) => loss > 0 && seconds >= 0) && epochs.at(-1)!.step > epochs[0]!.step);
    assert.ok(epochs.at(-1)!.heldOut.accuracy > 0.9, `${epochs.at(-1)!.heldOut.accuracy}`);
    assert.match(stderr, /54 images to train on, 6 held out/);
    assert.match(stderr, /no tags or clusters, so images are balanced by class alone/);
    assert.match(stderr, /version "new" of .*r\.groupcam, the weights after epoch [12]/);
    const after = await rowsOf(run(), 'correct', '--version', 'new');
    assert.ok(after.length > 0.9 * 3 * PER_CLASS, `${after.length} are right`);
    assert.ok(
      after.every(({ map }) => map),
      'it was swept with maps',
    );
    const again = await succeeds(...args);
    assert.deepEqual(epochsOf(again.stdout), epochs, 'the same command has nothing left to do');
  });

  it('goes on after Ctrl-C, and after its processes were killed, to the same bytes', async function () {
    needs(this, '/proc/self/task', 'processes are found by Linux');
    const { stdout } = await succeeds(...finetune(output('whole')));
    const args = finetune(output());
    const first = start(args);
    await until('some epochs', () => first.lines() > 5 || first.exitCode !== null);
    first.kill('SIGINT');
    assert.deepEqual(await once(first, 'exit'), [130, null]);
    assert.ok(!existsSync(output()) && existsSync(`${output()}.training`));

    const image = folder.at('images', '0.png');
    const bytes = readFileSync(image);
    writeFileSync(image, bytes.subarray(0, 60));
    const changed = await groupCamEnds(args);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /0\.png: not the image that the training began with\. Put it back[^\n]*\n$/);
    writeFileSync(image, bytes);

    const second = start(args);
    await until('more epochs', () => second.lines() > 12 || second.exitCode !== null);
    assert.equal(second.exitCode, null, 'nothing was left to do');
    process.kill(childrenOf(second.pid!)[0]!, 'SIGKILL');
    await until('it goes on with another engine', () => second.lines() > 20 || second.exitCode !== null);
    assert.equal(second.exitCode, null, 'nothing was left to do');
    second.kill('SIGKILL');
    await once(second, 'exit');

    const last = await succeeds(...args);
    assert.match(last.stderr, /going on after epoch \d+/);
    assert.deepEqual(timeless(epochsOf(last.stdout)), timeless(epochsOf(stdout)));
    assert.ok(readFileSync(output()).equals(readFileSync(output('whole'))), 'the same bytes');
    assert.ok(!existsSync(`${output()}.training`));
  });

  it('writes the best epoch so far with --finish, and says which options have no effect', async () => {
    const args = finetune(output(), '--no-augment', '--epochs', '1000', '--balance', 'class', '--seed', '3');
    const child = start(args);
    await until('some epochs', () => child.lines() > 4 || child.exitCode !== null);
    child.kill('SIGINT');
    await once(child, 'exit');
    // Whatever the other options say: it is the training that writes to this file.
    const { stdout, stderr } = await succeeds(...finetune(output(), '--finish'));
    const epochs = epochsOf(stdout);
    assert.ok(epochs.length >= 4 && epochs.length < 1000);
    const best = Number(/the weights after epoch (\d+)/.exec(stderr)?.[1]);
    const bestAccuracy = Math.max(...epochs.slice(1).map(({ heldOut }) => heldOut.accuracy));
    assert.equal(epochs[best]!.heldOut.accuracy, bestAccuracy);
    const { metadataProps } = fromBinary(ModelProtoSchema, readFileSync(output()));
    const told = JSON.parse(metadataProps.find(({ key }) => key === 'group-cam.training')!.value);
    assert.deepEqual([told.options.augment, told.options.seed, told.best], [false, 3, best]);

    const none = await groupCamEnds(finetune(output('none'), '--finish'));
    assert.equal(none.code, 1);
    assert.match(none.stderr, /--finish .*none\.onnx: must be the new model of a training .* that was begun/);
    const head = await succeeds(...finetune(output('head'), '--arm', 'head', '--epochs', '1', '--no-augment'));
    assert.match(head.stderr, /--arm head does not use --lr, --batch, --no-augment/);
    const augmented = await groupCamEnds(finetune(output('head'), '--arm', 'head', '--epochs', '1', '--augment'));
    assert.match(augmented.stderr, /--arm head does not use --lr, --batch, --augment\n/);
    for (const name of NUMBER_NAMES) {
      const option = trainingOption(name);
      assert.throws(() => option.parseArg?.('-1', undefined), /^ExplainError: --[a-z-]+ -1: must be a (whole )?number/);
    }
  });

  it('says in one line why it can not begin, and touches nothing', async () => {
    const fails = async (message: RegExp, ...args: readonly string[]) => {
      const { code, stdout, stderr } = await groupCamEnds(args);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr.trimEnd().split('\n').at(-1)!, message);
    };
    writeFileSync(output(), 'somebody needs this');
    await fails(/new\.onnx: not written, since a file is there/, ...finetune(output()));
    assert.equal(readFileSync(output(), 'utf8'), 'somebody needs this');
    await fails(/held-out images: query, at character 1/, ...finetune(output('a'), '--held-out', 'colour = red'));
    await fails(/one class \(left\)/, ...finetune(output('a'), '--train', 'true = left'));
    await fails(/--arm green: must be one of plain/, ...finetune(output('a'), '--arm', 'green'));
    await fails(/--lr 0: must be a number above 0/, ...finetune(output('a'), '--lr', '0'));
    await fails(
      /--model .*demo\.onnx: must be a model of .*model\.onnx.*group-cam dataset/,
      ...finetune(output('a'), '--model', 'demo.onnx'),
    );
    assert.ok(!existsSync(output('a')) && !existsSync(`${output('a')}.training`));
  });

  it('of another run file keeps away from the state of a training that was stopped', async () => {
    const other = folder.write('other.groupcam', readFileSync(run()));
    const args = finetune(output());
    const child = start(args);
    await until('some epochs', () => child.lines() > 4 || child.exitCode !== null);
    child.kill('SIGINT');
    await once(child, 'exit');
    const state = readFileSync(folder.at('new.onnx.training', 'training.state'));
    const elsewhere = (seed: string) => args.map((arg) => (arg === run() ? other : arg)).concat('--seed', seed);
    // The second of these gives up the first, and must not take the state along.
    for (const seed of ['1', '2']) {
      const { code, stderr } = await groupCamEnds(elsewhere(seed));
      assert.equal(code, 1);
      assert.match(
        stderr,
        /new\.onnx\.training: the training there was not begun with the same choice of options[^\n]*\n$/,
      );
    }
    assert.ok(readFileSync(folder.at('new.onnx.training', 'training.state')).equals(state));
    const { stderr } = await succeeds(...args);
    assert.match(stderr, /going on after epoch \d+/);
  });
});
