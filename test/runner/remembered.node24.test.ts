/** What a run file keeps of how it was made, when `group-cam dataset` brings it up to date. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rowsOf, succeeds } from '../cli/dataset/support';
import { CIFAR, cifarSubset, RESNET20 } from '../support/cifar';
import { testFolder } from '../support/folder';
import { needs } from '../support/shared';

describe('cli: dataset brings a run file up to date', () => {
  const folder = testFolder();
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
  });

  const dataset = (images: string, run: string, ...more: readonly string[]) => [
    ...['dataset', images, '--model', RESNET20, '--run', run, '--device', 'cpu'],
    ...more,
  ];

  it('keeps the number of images, those that were drawn, and the names of classes, until others are given', async () => {
    const images = cifarSubset(folder.at('images'), 4);
    const run = folder.at('r.groupcam');
    const names = Array.from({ length: 10 }, (_, i) => `thing ${i}`);
    const labels = folder.write('things.txt', names.join('\n'));
    const drawn = async () => (await rowsOf(run)).map(({ image }) => image);
    await succeeds(...dataset(images, run, '--limit', '6', '--labels', labels));
    const first = await drawn();
    assert.equal(first.length, 6);
    for (const name of ['a', 'b', 'c'])
      copyFileSync(
        path.join(images, 'cat', readdirSync(path.join(images, 'cat'))[0]!),
        path.join(images, 'dog', `${name}.jpg`),
      );
    const { stderr } = await succeeds(...dataset(images, run));
    assert.match(stderr, /^6 of 43 images were drawn at random\.$/m);
    assert.match(stderr, /^The limit of 6 is the run file's; group-cam dataset --limit changes it\.$/m);
    assert.match(
      stderr,
      /^The classes of cifar10_resnet20\.onnx have the names in .*things\.txt, as in the run file\.$/m,
    );
    assert.match(stderr, /^cifar10_resnet20: 6 of 6 images computed/m);
    assert.deepEqual(await drawn(), first);
    assert.ok((await rowsOf(run)).every(({ predicted }) => names.includes(predicted!)));
    // A file of which the notes alone say so.
    const db = new DatabaseSync(run);
    const { data } = db.prepare('SELECT data FROM meta').get() as { readonly data: string };
    const { limit, ...meta } = JSON.parse(data);
    assert.equal(limit, 6);
    db.prepare('UPDATE meta SET data = ?').run(JSON.stringify(meta));
    db.close();
    await succeeds(...dataset(images, run));
    assert.deepEqual(await drawn(), first);
    await succeeds(...dataset(images, run, '--limit', '99'));
    assert.equal((await drawn()).length, 43);
    await succeeds(...dataset(images, run));
    assert.equal((await drawn()).length, 43);
  });
});
