/** What changed between a network with a planted shortcut and its control, against a computation by other means. */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createService } from '../../../src/engine/service';
import { lock } from '../../../src/files/lock/lock';
import { plainShift } from '../../runner/store/shifts';
import { RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { needs, project, shared } from '../../support/shared';
import { rowsOf, succeeds } from './support';

interface Line {
  readonly image: string;
  readonly before: { readonly label: string; readonly p: number };
  readonly after: { readonly label: string; readonly p: number };
  readonly flip?: string;
  readonly shift?: number;
}

const SHORTCUT = shared('shortcut');
/** Of each class; explanations one by one take their time. */
const EXPLAINED = 40;

describe('cli: shift', () => {
  const folder = testFolder();
  before(function () {
    needs(this, SHORTCUT, 'no network with a shortcut');
    needs(this, RESNET20, 'no control');
  });

  it('flips are those of the rows of both, and shifts those of the maps that explain makes', async () => {
    const run = folder.at('r.groupcam');
    const images = path.join(SHORTCUT, 'test');
    const planted = path.join(SHORTCUT, 'model.onnx');
    await succeeds('dataset', images, '--model', RESNET20, '--model', planted, '--run', run, '--device', 'cpu');
    const { stdout } = await succeeds('shift', run, 'cifar10_resnet20', 'model', '--json', '--device', 'cpu');
    const lines: readonly Line[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    const before = await rowsOf(run, '', '--version', 'cifar10_resnet20');
    const after = new Map((await rowsOf(run, '', '--version', 'model')).map((row) => [row.image, row]));
    assert.equal(lines.length, 1000);
    const counts: Record<string, number> = {};
    for (const [i, row] of before.entries()) {
      const then = after.get(row.image)!;
      const flip = row.correct ? (then.correct ? 'both' : 'a') : then.correct ? 'b' : 'neither';
      counts[flip] = (counts[flip] ?? 0) + 1;
      const { image, before: first, after: second } = lines[i]!;
      assert.equal(image, row.image);
      assert.deepEqual(
        [first, second],
        [
          { label: row.predicted, p: row.p },
          { label: then.predicted, p: then.p },
        ],
      );
      assert.equal(lines[i]!.flip, flip, row.image);
    }
    assert.ok(counts['a']! > 20 && counts['b']! > 20, JSON.stringify(counts));

    const service = createService();
    /** Of the class that the control predicts, at the layer's size. */
    const mapBy = async (model: string, file: string, label: string) => {
      const { explanation } = await explainWith(service, {
        model: { path: model },
        image: { path: file },
        method: 'grad-cam',
        target: { label },
      });
      return [...explanation.frame.map].map((value) => Math.max(value - explanation.frame.offset, 0));
    };
    const others = lines.filter(({ before: a, after: b }) => a.label !== b.label);
    const same = lines.filter(({ before: a, after: b }) => a.label === b.label);
    assert.ok(others.length >= EXPLAINED, `${others.length} predictions differ`);
    const errors: number[] = [];
    for (const {
      image,
      shift,
      before: { label },
    } of [...others.slice(0, EXPLAINED), ...same.slice(0, EXPLAINED)]) {
      const file = path.join(images, image);
      const expected = plainShift(await mapBy(RESNET20, file, label), await mapBy(planted, file, label));
      if (expected === undefined) {
        assert.equal(shift, undefined, image);
        continue;
      }
      errors.push(Math.abs(shift! - expected));
    }
    // Maps are kept as bytes, so cells that lie within a step of one another, or of zero, have equal ranks.
    const off = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    assert.ok(
      errors.length > EXPLAINED && off < 0.005 && Math.max(...errors) < 0.06,
      `off by ${off}, at most ${Math.max(...errors)}`,
    );

    const summary = await groupCamEnds(['shift', run, 'cifar10_resnet20', 'model', '--device', 'cpu']);
    assert.equal(summary.code, 0, summary.stderr);
    const known = lines.flatMap(({ shift }) => (shift === undefined ? [] : [shift]));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    assert.ok(
      summary.stderr.includes(`mean shift of the heat ${mean.toFixed(4)} (${known.length} images)`),
      summary.stderr,
    );
    assert.match(
      summary.stderr,
      new RegExp(`all +${['both', 'a', 'b', 'neither'].map((flip) => counts[flip]).join(' +')}`),
    );
    const [largest] = [...lines].sort((a, b) => (b.shift ?? -1) - (a.shift ?? -1));
    assert.ok(summary.stderr.includes(`${largest!.shift!.toFixed(3)}  `) && summary.stderr.includes(largest!.image));
    const found = await rowsOf(run, `shift from cifar10_resnet20 > 0.5 and wrong in cifar10_resnet20`);
    const wanted = lines.filter(({ shift = 0, flip }) => shift > 0.5 && (flip === 'b' || flip === 'neither'));
    assert.deepEqual(
      found.map(({ image }) => image),
      wanted.map(({ image }) => image),
    );

    const ended = await groupCamEnds(['shift', run, 'cifar10_resnet20', 'night']);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /version b.*night.*one of cifar10_resnet20, model/);
  });
});

describe('cli: a shift that is not computed', () => {
  const folder = testFolder();
  const failed = async (args: readonly string[], message: RegExp) => {
    const { code, stderr, stdout } = await groupCamEnds(args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
    return { stderr, stdout };
  };

  it('is named by a query with the command that computes it, and by the command where it can not', async () => {
    const run = folder.at('two words', 'r.groupcam');
    const control = folder.at('control.onnx');
    const data = (name: string) => project('test', 'data', 'shortcut', name);
    for (const name of ['control.onnx', 'control.explain.json', 'control.labels.txt'])
      copyFileSync(data(name), folder.at(name));
    const shop = (name: string) => project('media', 'demo', 'shortcut', name);
    const models = ['--model', shop('shop.onnx'), '--model', control, '--device', 'cpu'];
    await succeeds('dataset', shop('shop'), '--limit', '90', ...models, '--run', run);
    for (const query of ['shift from shop > 0.1', 'not shift from shop > 0.1', 'wrong order by shift from shop']) {
      const { stderr, stdout } = await failed(
        ['query', run, query],
        /^error: no shift of the heat from shop to control/,
      );
      assert.equal(stdout, '');
      assert.ok(stderr.includes(`group-cam shift '${run}' shop control, or by Compute the Shift`), stderr);
    }

    const unlock = await lock(`${run}.lock`, () => new Error('locked') as never);
    try {
      // Maps for the classes of the other model are missing, and nothing can be written.
      await failed(['shift', run, 'shop', 'control'], /\nerror: nothing was computed: .*has this run file open.*\n$/);
    } finally {
      unlock();
    }
    rmSync(control);
    const gone = await failed(
      ['shift', run, 'shop', 'control', '--json'],
      /^error: \d+ rows need other maps of control, whose model can't be run\. .*control\.onnx: no such model file.*\n$/,
    );
    const lines = gone.stdout.trimEnd().split('\n');
    assert.equal(lines.length, 90);
    const lacking = lines.filter((line) => !('shift' in JSON.parse(line))).length;
    assert.ok(lacking > 0 && gone.stderr.startsWith(`error: ${lacking} rows need`), gone.stderr);

    // Some shifts are known now.
    const { stderr } = await succeeds('query', run, 'shift from shop > 0.1');
    assert.ok(stderr.startsWith(`the shift of ${lacking} images from shop to control is not computed; compute it by `));
    copyFileSync(data('control.onnx'), control);
    await succeeds('shift', run, 'shop', 'control', '--device', 'cpu');
    assert.equal((await succeeds('query', run, 'shift from shop >= 0')).stderr, '');
    rmSync(control);
    await succeeds('shift', run, 'shop', 'control');
  });
});
