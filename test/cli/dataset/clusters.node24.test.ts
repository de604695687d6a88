/** `group-cam clusters`: the planted shortcut is found, and a network that has not learned it is under no suspicion. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { lock } from '../../../src/files/lock/lock';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds, startGroupCam } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, onlyNightly, project, shared } from '../../support/shared';
import { until } from '../../support/wait';
import { rowsOf, succeeds } from './support';

interface PrintedCluster {
  readonly class: string;
  readonly by: string;
  readonly cluster: string;
  readonly size: number;
  readonly accuracy?: number;
  readonly suspicious?: boolean;
  readonly score?: number;
  readonly reasons: readonly string[];
  readonly images: readonly string[];
}

async function clustersOf(...args: readonly string[]): Promise<readonly PrintedCluster[]> {
  const { stdout } = await succeeds('clusters', ...args, '--json', '--device', 'cpu');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

interface Planted {
  readonly images: string;
  readonly truth: string;
  readonly model: string;
  /** Has learned the same classes from images without the mark. */
  readonly control: string;
}

const PLANTED: readonly Planted[] = [
  {
    images: project('media', 'demo', 'shortcut', 'shop'),
    truth: project('test', 'data', 'shortcut', 'truth.json'),
    model: project('media', 'demo', 'shortcut', 'shop.onnx'),
    control: project('test', 'data', 'shortcut', 'control.onnx'),
  },
  ...onlyNightly([
    {
      images: shared('shortcut', 'test'),
      truth: shared('shortcut', 'truth.json'),
      model: shared('shortcut', 'model.onnx'),
      control: RESNET20,
    },
  ]),
];

describe('cli: clusters', () => {
  const folder = testFolder();

  for (const { images, truth: told, model, control: other } of PLANTED)
    it(`of the shortcut planted in ${path.basename(path.dirname(images))}: the suspicious ones come first and hold the marked images; of the control: none`, async function () {
      needs(this, told, 'it has a planted shortcut');
      const truth: { label: string; marked: string[] } = JSON.parse(readFileSync(told, 'utf8'));
      const marked = new Set(truth.marked.map((file) => path.posix.relative(path.basename(images), file)));
      const run = folder.at('r.groupcam');
      await succeeds('dataset', images, '--model', model, '--model', other, '--run', run, '--device', 'cpu');
      const [name, otherName] = [model, other].map((file) => path.parse(file).name) as [string, string];

      const found = await clustersOf(run, '--version', name);
      const called = found.filter(({ suspicious }) => suspicious);
      assert.ok(called.length >= 1 && called.length <= 3, `${called.length} are suspicious`);
      assert.deepEqual(found.slice(0, called.length), called, 'they come first');
      assert.ok(called.every((one) => one.class === truth.label && one.by === 'predicted'));
      const predicted = await rowsOf(run, `predicted = ${truth.label}`, '--version', name);
      const held = called.flatMap(({ images }) => images);
      const right = held.filter((image) => marked.has(image)).length;
      const all = predicted.filter(({ image }) => marked.has(image)).length;
      assert.ok(right / held.length >= 0.9, `precision ${right}/${held.length}`);
      assert.ok(right / all >= 0.9, `recall ${right}/${all}`);

      // Each image is in at most one cluster, and each cluster is what its query finds.
      assert.equal(new Set(found.flatMap(({ images }) => images)).size, found.flatMap(({ images }) => images).length);
      const [first] = called;
      const rows = await rowsOf(run, `cluster = "${first!.cluster}"`, '--version', name);
      assert.deepEqual(
        rows.map(({ image }) => image),
        first!.images,
      );
      assert.equal(first!.size, rows.length);
      assert.equal(first!.accuracy, rows.filter(({ correct }) => correct).length / rows.length);
      const wrong = await rowsOf(run, `cluster = "${first!.cluster}" and wrong`, '--version', name);
      assert.deepEqual(
        wrong.map(({ image }) => image),
        rows.filter(({ correct }) => !correct).map(({ image }) => image),
      );
      assert.match(
        first!.reasons[0]!,
        new RegExp(
          `^Pasted into \\d+ images of other classes, this cluster's hot region turns \\d+ of them into "${truth.label}"; `,
        ),
      );
      const scores = found.slice(called.length).map(({ score }) => score!);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );

      const control = await clustersOf(run, '--version', otherName);
      assert.ok(control.length >= new Set(control.map((one) => one.class)).size && control.length > 5);
      assert.deepEqual(
        control.filter(({ suspicious }) => suspicious !== false),
        [],
      );
    });

  it('are found once, of one class or of all, by the predicted or the true class, and printed as a table too', async function () {
    needs(this, CIFAR, 'no images');
    const images = cifarSubset(folder.at('images'), 40);
    const run = folder.at('r.groupcam');
    const model = folder.at('net.onnx');
    copyFileSync(RESNET20, model);
    copyFileSync(RESNET20.replace('.onnx', '.explain.json'), folder.at('net.explain.json'));
    copyFileSync(shared('models', 'cifar10_labels.txt'), folder.at('cifar10_labels.txt'));
    await succeeds('dataset', images, '--model', model, '--run', run, '--device', 'cpu');
    const cats = await clustersOf(run, '--class', 'cat', '--by', 'true');
    assert.ok(cats.length >= 2 && cats.every((one) => one.class === 'cat' && one.by === 'true'));
    assert.deepEqual(
      cats.flatMap((one) => one.images).sort(),
      (await rowsOf(run, 'true = cat')).map(({ image }) => image),
    );
    const ships = await clustersOf(run, '--class', 'ship');
    assert.ok(ships.every((one) => one.cluster.startsWith('ship ') && one.suspicious === false));
    rmSync(model);

    // What was found needs no model; what was not is found without a suspicion.
    assert.deepEqual(await clustersOf(run, '--class', 'ship'), ships);
    const table = await succeeds('clusters', run, '--class', 'ship');
    assert.match(table.stderr, /cluster +images +accuracy +score/);
    for (const { cluster, size, score } of ships)
      assert.match(table.stderr, new RegExp(`${cluster} +${size} .*${score!.toFixed(2)}`));
    const gone = await groupCamEnds(['clusters', run, '--class', 'dog', '--json']);
    assert.equal(gone.code, 1);
    assert.match(
      gone.stderr,
      /^error: Clusters were found without their suspicion: .*net\.onnx: no such model file.*\n$/,
    );
    const [dog] = gone.stdout.split('\n').map((line) => line && JSON.parse(line));
    assert.deepEqual(Object.keys(dog), ['class', 'by', 'cluster', 'size', 'accuracy', 'reasons', 'images']);
    assert.deepEqual(dog.reasons, []);

    // The same while another process has the file: what is there is printed, and what is not there is a failure.
    const unlock = await lock(`${run}.lock`, () => new Error('locked') as never);
    try {
      assert.deepEqual(await clustersOf(run, '--class', 'ship'), ships);
      const busy = await groupCamEnds(['clusters', run, '--class', 'frog', '--json']);
      assert.equal(busy.code, 1);
      assert.match(busy.stderr, /^error: nothing was computed: .*has this run file open.*\n$/);
    } finally {
      unlock();
    }
    const zebra = await groupCamEnds(['clusters', run, '--class', 'zebra']);
    assert.equal(zebra.code, 1);
    assert.match(zebra.stderr, /must be one of airplane, automobile, .*, ship, truck\./);
  });

  it('are kept when Ctrl-C stops the command with exit code 130, and it goes on from there', async function () {
    needs(this, CIFAR, 'no images');
    const run = folder.at('r.groupcam');
    await succeeds(
      'dataset',
      cifarSubset(folder.at('images'), 40),
      '--model',
      RESNET20,
      '--run',
      run,
      '--device',
      'cpu',
    );
    const running = startGroupCam(['clusters', run, '--device', 'cpu']);
    // The first cluster of a set that is written can be asked for.
    await until(
      'a set is there',
      async () => (await groupCamEnds(['query', run, 'cluster = "airplane 1"'])).code === 0,
    );
    running.interrupt();
    const { code, stderr } = await running.ended();
    assert.equal(code, 130, stderr);
    assert.match(stderr, /stopped; what is done is kept/);
    const images = (await rowsOf(run, 'cluster = "airplane 1"')).map(({ image }) => image);
    const airplanes = await clustersOf(run, '--class', 'airplane');
    assert.deepEqual(airplanes.find(({ cluster }) => cluster === 'airplane 1')!.images, images);
    const trucks = await clustersOf(run, '--class', 'truck');
    assert.ok(trucks.length > 0);
  });

  it('says in one line what is wrong', async function () {
    needs(this, CIFAR, 'no images');
    const run = folder.at('r.groupcam');
    await succeeds(
      'dataset',
      cifarSubset(folder.at('images'), 2),
      '--model',
      RESNET20,
      '--run',
      run,
      '--device',
      'cpu',
    );
    const fails = async (message: RegExp, ...args: readonly string[]) => {
      const { code, stdout, stderr } = await groupCamEnds(['clusters', run, ...args]);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      // How far it is may be said before.
      assert.match(stderr.trimEnd().split('\n').at(-1)!, message);
    };
    await fails(/--class trukc: must be one of truck\./, '--class', 'trukc');
    await fails(/--by x: must be one of predicted, true\./, '--by', 'x');
    await fails(/--version x: must be one of cifar10_resnet20\./, '--version', 'x');
    await fails(/too few images for clusters, which need 20: cat \(\d+\)/, '--class', 'cat', '--by', 'true');
    const { code, stderr } = await groupCamEnds(['clusters', run]);
    assert.deepEqual([code, stderr], [0, 'no class has the 20 images that clusters need\n']);
  });
});
