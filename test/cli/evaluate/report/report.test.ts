import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { assertClose } from '../../../core/methods/run';
import { groupCamEnds } from '../../../support/cli';
import { testFolder } from '../../../support/folder';
import { project } from '../../../support/shared';

const NAMES = ['dog', 'tiger', 'apple'] as const;

describe('report of an evaluation', () => {
  const folder = testFolder();
  const evaluate = (...args: readonly string[]) =>
    groupCamEnds(['evaluate', ...args, '--report', folder.at('out'), '--device', 'cpu']);
  const report = () => JSON.parse(readFileSync(folder.at('out', 'report.json'), 'utf8'));
  const page = () => readFileSync(folder.at('out', 'report.html'), 'utf8');
  const rows = (): Record<string, string>[] =>
    parse(readFileSync(folder.at('out', 'images.csv'), 'utf8'), { columns: true });

  function dataset(): string {
    for (const name of NAMES) {
      mkdirSync(folder.at('set', name), { recursive: true });
      copyFileSync(project('media', 'demo', 'dataset', name, '01.jpg'), folder.at('set', name, '01.jpg'));
    }
    return folder.at('set');
  }

  it('has the means of what the list of images has, for the class of each folder', async () => {
    const { code, stderr } = await evaluate(
      dataset(),
      '--metrics',
      'insertion,deletion,average-drop',
      '--metric-option',
      'step=10',
    );
    assert.equal(code, 0, stderr);
    const lines = rows();
    const labels = lines.map(({ image, label, map }) => `${image} ${label} ${map}`);
    const expected = [...NAMES]
      .sort()
      .flatMap((name) => ['group-cam', 'grad-cam', 'random', 'centre'].map((map) => `${name}/01.jpg ${name} ${map}`));
    assert.deepEqual(labels, expected);
    const { maps, comparisons, failures } = report();
    assert.deepEqual(failures, []);
    for (const { map, images, scores } of maps) {
      assert.equal(images, 3);
      for (const score of ['insertion', 'deletion', 'overall', 'drop', 'increase']) {
        const values = lines.filter((line) => line['map'] === map).map((line) => Number(line[score]));
        assertClose([scores[score].mean], [values.reduce((a, b) => a + b, 0) / 3], 1e-9);
      }
    }
    // Two methods with each other and with two baselines, by five scores.
    assert.equal(comparisons.length, 5 * 5);
    for (const line of lines)
      assertClose([Number(line['overall'])], [Number(line['insertion']) - Number(line['deletion'])], 1e-9);
  });

  it('is one page that loads no other file, and shows every method with an example', async () => {
    await evaluate(dataset(), '--metric-option', 'step=10');
    const text = page();
    assert.deepEqual(text.match(/(?:src|href)="(?!data:)[^"]*"|<script|url\(|@import/g), null);
    for (const title of ['Group-CAM', 'Grad-CAM', 'Random map', 'Centre blob']) assert.ok(text.includes(title), title);
    assert.equal(text.match(/<img src="data:image\/jpeg;base64,/g)?.length, 2 * 3);
    assert.equal(text.match(/<svg /g)?.length, 2);
  });

  it('leaves out a corrupt image by name, and goes on', async () => {
    const source = dataset();
    folder.write('set/dog/02.jpg', 'no <image>');
    const { code, stderr } = await evaluate(source, '--metric-option', 'step=50');
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/^skipped: .*02\.jpg/gm)?.length, 1, stderr);
    const { failures, maps } = report();
    assert.equal(failures.length, 1);
    assert.match(failures[0].error, /set\/dog\/02\.jpg/);
    assert.deepEqual(failures[0].items, ['dog/02.jpg']);
    assert.ok(maps.every((map: { images: number }) => map.images === 3));
    assert.match(page(), /Left out.*set\/dog\/02\.jpg/s);
    // A new picture in its place is another image.
    copyFileSync(project('media', 'demo', 'dataset', 'dog', '02.jpg'), folder.at('set', 'dog', '02.jpg'));
    const again = await evaluate(source, '--metric-option', 'step=50');
    assert.match(again.stderr, /^going on: 3 of 4 are done/m);
    assert.deepEqual([report().failures, report().maps[0].images], [[], 4]);
  });

  it('leaves out a method that the model is not suitable for, and keeps the others', async () => {
    const source = dataset();
    const odd = ['--methods', 'cam,grad-cam', '--layer', '/layer2/relu/Relu_output_0', '--metric-option', 'step=50'];
    const { code, stderr } = await evaluate(source, ...odd);
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/^skipped: method cam/gm)?.length, 1, stderr);
    const { failures, maps } = report();
    assert.deepEqual([failures[0].units, failures[0].items.length], [['cam'], 3]);
    assert.deepEqual(
      maps.map(({ map }: { map: string }) => map),
      ['grad-cam', 'random', 'centre'],
    );
  });

  it('points at the objects of annotations, category by category', async () => {
    const scenes = project('media', 'demo', 'scenes', 'annotations.json');
    const { code, stderr } = await evaluate(scenes, '--metrics', 'pointing,energy', '--limit', '8');
    assert.equal(code, 0, stderr);
    const [groupCam, , random] = report().maps;
    assert.deepEqual([groupCam.images, groupCam.scores.pointing.mean, groupCam.categories.mean], [8, 1, 1]);
    assert.ok(groupCam.scores.energy.mean > random.scores.energy.mean);
    assert.ok(rows().every(({ category, label }) => category === label));
    assert.match(page(), /Pointing game by category/);
  });

  it('other options are refused where another evaluation was begun', async () => {
    const source = dataset();
    await evaluate(source, '--metrics', 'sparseness');
    const { code, stderr } = await evaluate(source, '--metrics', 'sparseness', '--seed', '1');
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*journal\.jsonl: not begun with the same method options, seed\. .*--report/m);
  });

  it('metrics of objects need annotations, and unknown names are refused', async () => {
    const pointing = await evaluate(dataset(), '--metrics', 'pointing');
    assert.match(pointing.stderr, /^error: --metrics pointing: must be used with annotations/m);
    for (const [option, value] of [
      ['--metrics', 'insertions'],
      ['--methods', 'groupcam'],
      ['--metric-option', 'stepp=1'],
      ['--metric-option', 'step=0'],
      ['--limit', '0'],
    ] as const) {
      const { code, stderr } = await evaluate(folder.at('set'), option, value);
      assert.equal(code, 1);
      assert.match(stderr, /^error: (--)?[a-z-]+ /m, stderr);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
  });
});
