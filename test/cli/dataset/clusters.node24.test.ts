/** `group-cam clusters`: the planted shortcut is found, and a network that has not learned it is under no suspicion. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, project, shared } from '../../support/shared';
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

describe('cli: clusters', () => {
  const folder = testFolder();

  it('of the planted shortcut: the suspicious ones come first and hold the marked images; of the control: none', async function () {
    needs(this, shared('shortcut', 'truth.json'), 'it has a planted shortcut');
    const truth: { label: string; marked: string[] } = JSON.parse(
      readFileSync(shared('shortcut', 'truth.json'), 'utf8'),
    );
    const marked = new Set(truth.marked.map((file) => path.posix.relative('test', file)));
    const run = folder.at('r.groupcam');
    const models = ['--model', shared('shortcut', 'model.onnx'), '--model', RESNET20];
    await succeeds('dataset', shared('shortcut', 'test'), ...models, '--run', run, '--device', 'cpu');

    const found = await clustersOf(run, '--version', 'model');
    const called = found.filter(({ suspicious }) => suspicious);
    assert.ok(called.length >= 1 && called.length <= 3, `${called.length} are suspicious`);
    assert.deepEqual(found.slice(0, called.length), called, 'they come first');
    assert.ok(called.every((one) => one.class === truth.label && one.by === 'predicted'));
    const predicted = await rowsOf(run, `predicted = ${truth.label}`, '--version', 'model');
    const held = called.flatMap(({ images }) => images);
    const right = held.filter((image) => marked.has(image)).length;
    const all = predicted.filter(({ image }) => marked.has(image)).length;
    assert.ok(right / held.length >= 0.9, `precision ${right}/${held.length}`);
    assert.ok(right / all >= 0.9, `recall ${right}/${all}`);

    // Each image is in at most one cluster, and each cluster is what its query finds.
    assert.equal(new Set(found.flatMap(({ images }) => images)).size, found.flatMap(({ images }) => images).length);
    const [first] = called;
    const rows = await rowsOf(run, `cluster = "${first!.cluster}"`, '--version', 'model');
    assert.deepEqual(
      rows.map(({ image }) => image),
      first!.images,
    );
    assert.equal(first!.size, rows.length);
    assert.equal(first!.accuracy, rows.filter(({ correct }) => correct).length / rows.length);
    const wrong = await rowsOf(run, `cluster = "${first!.cluster}" and wrong`, '--version', 'model');
    assert.deepEqual(
      wrong.map(({ image }) => image),
      rows.filter(({ correct }) => !correct).map(({ image }) => image),
    );
    assert.match(first!.reasons[0]!, /^Pasted into \d+ other images, its hot region makes \d+ of them truck; /);
    const scores = found.slice(called.length).map(({ score }) => score!);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );

    const control = await clustersOf(run, '--version', 'cifar10_resnet20');
    assert.ok(control.length > 10);
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
    const gone = await succeeds('clusters', run, '--class', 'dog', '--json');
    assert.match(gone.stderr, /^Clusters were found without their suspicion: .*net\.onnx: no such model file/);
    const [dog] = gone.stdout.split('\n').map((line) => line && JSON.parse(line));
    assert.deepEqual(Object.keys(dog), ['class', 'by', 'cluster', 'size', 'accuracy', 'reasons', 'images']);
    assert.deepEqual(dog.reasons, []);
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
    const cli = project('dist', 'group-cam.js');
    const running = spawn(process.execPath, [cli, 'clusters', run, '--device', 'cpu'], {
      stdio: 'pipe',
      detached: true,
    });
    const exit = once(running, 'exit');
    const said: string[] = [];
    running.stderr.on('data', (text) => said.push(String(text)));
    // The first cluster of a set that is written can be asked for.
    await until(
      'a set is there',
      async () => (await groupCamEnds(['query', run, 'cluster = "airplane 1"'])).code === 0,
    );
    // As a terminal does: all processes of the group get the signal.
    process.kill(-running.pid!, 'SIGINT');
    assert.deepEqual(await exit, [130, null], said.join(''));
    assert.match(said.join(''), /stopped; what is done is kept/);
    const images = (await rowsOf(run, 'cluster = "airplane 1"')).map(({ image }) => image);
    const found = await clustersOf(run);
    assert.deepEqual(found.find(({ cluster }) => cluster === 'airplane 1')!.images, images);
    assert.equal(new Set(found.map((one) => one.class)).size, 10);
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
    assert.deepEqual([code, stderr], [0, 'no class has enough images for clusters\n']);
  });
});
