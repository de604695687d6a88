/** A dataset in parts, by processes that are killed, and its merge: the same table as by one process. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../../src/core/random';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds, startGroupCam } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, nightly } from '../../support/shared';
import { until } from '../../support/wait';
import { succeeds } from './support';

const PER_CLASS = nightly ? 40 : 8;
const KILLS = nightly ? 30 : 6;
const PARTS = 3;
/** Images of a shard. */
const SIZE = 8;

describe('cli: a dataset in shards', () => {
  const folder = testFolder();
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });

  const of = (images: string, ...more: readonly string[]) => [
    ...['dataset', images, '--model', RESNET20, '--device', 'cpu'],
    ...more,
  ];
  const maps = ['--maps', 'group-cam', '--for', 'wrong'];
  const shared = (part?: number) => [
    ...['--shared', folder.at('s'), '--shard-size', String(SIZE)],
    ...(part === undefined ? [] : ['--shard', `${part}/${PARTS}`]),
  ];

  const commits = (): number =>
    existsSync(folder.at('s', 'shards'))
      ? readdirSync(folder.at('s', 'shards'), { recursive: true }).filter((name) => String(name).endsWith('.rows'))
          .length
      : 0;

  async function fails(message: RegExp, ...args: readonly string[]): Promise<void> {
    const { code, stderr } = await groupCamEnds(args);
    assert.equal(code, 1, stderr);
    const lines = stderr.trimEnd().split('\n');
    assert.match(lines.at(-1)!, message);
    assert.equal(lines.filter((line) => line.startsWith('error:')).length, 1, stderr);
  }

  it(`that is killed ${KILLS} times gives the table of one process, byte by byte`, async () => {
    const images = cifarSubset(folder.at('images'), PER_CLASS);
    const cats = path.join(images, 'cat');
    copyFileSync(path.join(cats, readdirSync(cats)[0]!), path.join(images, 'dog', 'twin.png'));
    writeFileSync(path.join(cats, 'bad.png'), 'no image');
    const whole = folder.at('whole.groupcam');
    await succeeds(...of(images, ...maps, '--run', whole));

    const random = createRandom(7);
    const total = Math.ceil((10 * PER_CLASS + 2) / SIZE);
    for (let kill = 0; kill < KILLS; kill++) {
      const running = startGroupCam(of(images, ...maps, ...shared((kill % PARTS) + 1)));
      const goal = Math.min(total - 1, commits() + Math.floor(random.uniform() * 2));
      const ended = running.ended();
      let hasEnded = false;
      void ended.then(() => {
        hasEnded = true;
      });
      await until(`${goal} commits`, () => hasEnded || commits() >= goal);
      // With its engine, as a scheduler kills everything at once.
      if (!hasEnded) process.kill(-running.pid, 'SIGKILL');
      await ended;
    }
    await fails(/\d+ of \d+ shards are not computed yet/, 'merge', folder.at('s'), '--run', folder.at('m.groupcam'));
    for (let task = 0; task < PARTS; task++) {
      const environment = { SLURM_ARRAY_TASK_ID: String(task), SLURM_ARRAY_TASK_COUNT: String(PARTS) };
      const { code, stderr } = await groupCamEnds(of(images, ...maps, ...shared()), { ...process.env, ...environment });
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`part ${task + 1} of ${PARTS} is done: \\d+ of its \\d+ images computed`));
    }
    const { stderr } = await succeeds('merge', folder.at('s'), '--run', folder.at('m.groupcam'));
    assert.match(stderr, new RegExp(`${total} of ${total} shards merged`));
    assert.match(stderr, /images by .+ on cpu/);
    const [merged, alone] = await Promise.all([
      succeeds('query', folder.at('m.groupcam'), '--csv'),
      succeeds('query', whole, '--csv'),
    ]);
    assert.equal(merged.stdout.trimEnd().split('\n').length, 10 * PER_CLASS + 3);
    assert.match(merged.stdout, /group-cam/);
    assert.ok(merged.stdout === alone.stdout, difference(merged.stdout, alone.stdout));
  });

  it('refuses another dataset or model before it computes, and names the difference', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    await succeeds(...of(images, ...shared(1)));
    const ship = path.join(images, 'ship', readdirSync(path.join(images, 'ship'))[0]!);
    utimesSync(ship, 1, 1);
    await fails(/another plan \(ship\/.* modification time; copies keep/, ...of(images, ...shared(2)));
    appendFileSync(ship, 'more');
    await fails(/another plan \(ship\//, ...of(images, ...shared(2)));
    const model = folder.at('cifar10_resnet20.onnx');
    copyFileSync(RESNET20, model);
    copyFileSync(RESNET20.replace('.onnx', '.explain.json'), folder.at('cifar10_resnet20.explain.json'));
    copyFileSync(path.join(path.dirname(RESNET20), 'cifar10_labels.txt'), folder.at('cifar10_labels.txt'));
    // A field that no reader knows changes the file's bytes alone.
    appendFileSync(model, Buffer.from([0xfa, 0x3f, 0]));
    const other = of(images, ...shared(2)).map((arg) => (arg === RESNET20 ? model : arg));
    await fails(/another plan \(its model is another file than .*cifar10_resnet20\.onnx\)/, ...other);
    assert.equal(commits(), 1);
    const { code, stderr } = await groupCamEnds(['merge', folder.at('s'), '--run', folder.at('m.groupcam')]);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /error: .* shards are not computed yet \(2[,)].*merge again\.\n$/,
      'numbers as workers say them',
    );
  });

  it('says what is wrong with its options', async () => {
    const images = cifarSubset(folder.at('images'), 1);
    await fails(/no run file for the results: name one by --run/, ...of(images));
    await fails(/--shard 1\/2: must be given with --shared/, ...of(images, '--shard', '1/2', '--run', folder.at('r')));
    await fails(/--shared without --shard/, ...of(images, '--shared', folder.at('s')));
    await fails(/one model for each folder/, ...of(images, '--model', RESNET20, ...shared(1)));
    await fails(/no plan is in it/, 'merge', folder.at('images'), '--run', folder.at('r.groupcam'));
    assert.ok(!existsSync(folder.at('r.groupcam')));
  });
});

function difference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `line ${at + 1}:\n${left[at]}\n${right[at]}`;
}
