import assert from 'node:assert/strict';
import path from 'node:path';
import { EXPORT_FILES, exportFile } from '../../../src/extension/dataset/page/exports';
import { rowsOf, selectionOf } from '../../../src/extension/dataset/page/panel-types';
import {
  listOfImages,
  meantBy,
  runFileBeside,
  runFileIn,
  secondRunFile,
  versionOf,
} from '../../../src/extension/dataset/source';
import { messageRow, runRow, rowsOf as treeRowsOf } from '../../../src/extension/dataset/tree/tree-rows';
import { EXPORTS } from '../../../src/protocol/dataset';
import { runInfo, version } from './fake-runner';

describe('what Inspect Dataset is about', () => {
  for (const [files, meant] of [
    [[], undefined],
    [['/w/val'], { source: '/w/val' }],
    [['/w/coco.json'], { source: '/w/coco.json' }],
    [['/w/val.groupcam'], { run: '/w/val.groupcam' }],
    [['/w/a.png', '/w/notes.md', '/w/b.JPG'], { images: ['/w/a.png', '/w/b.JPG'] }],
    [['/w/val', '/w/a.png'], { source: '/w/val' }],
  ] as const)
    it(files.join(', ') || 'nothing', () => assert.deepEqual(meantBy(files), meant));

  it('has its run file beside it, by its name', () => {
    assert.equal(runFileBeside('/w/val/', true), path.resolve('/w/val.groupcam'));
    assert.equal(runFileBeside('/w/v1.2', true), path.resolve('/w/v1.2.groupcam'));
    assert.equal(runFileBeside('/w/coco.json', false), path.resolve('/w/coco.groupcam'));
    assert.equal(runFileBeside('/', true), path.resolve('/dataset.groupcam'));
    assert.equal(secondRunFile('/w/val.json'), path.resolve('/w/val.json.groupcam'));
  });

  it('has its run file in the storage by a name that no other source has', () => {
    const [one, other] = ['/w/val', '/x/val'].map((source) => runFileIn('/storage', source));
    assert.match(one!, /^[\\/]storage[\\/]val-[0-9a-f]{8}\.groupcam$/);
    assert.notEqual(one, other);
  });

  it('is a list of paths for several images, the same for the same images', () => {
    const { name, text } = listOfImages(['/w/b.png', '/w/a.png', '/w/b.png']);
    assert.equal(text, '/w/a.png\n/w/b.png\n');
    assert.match(name, /^2 images [0-9a-f]{8}\.txt$/);
    assert.equal(listOfImages(['/w/a.png', '/w/b.png']).name, name);
    assert.throws(() => listOfImages(['/w/a\nb.png']), /line break/);
  });

  it('shows the version that was prepared, which is an older one of the same file if that was put back', () => {
    const versions = [version(1, { model: '/w/a.onnx' }), version(2, { model: '/w/a.onnx' }), version(3)];
    assert.equal(versionOf({ ...runInfo({ versions }), prepared: [1] })?.id, 1);
    assert.equal(versionOf({ ...runInfo({ versions }), prepared: [] }), undefined);
  });
});

describe('rows that a command is about', () => {
  const at = { version: 1, query: '', list: 4, ranges: [[0, 2]] as [number, number][], selected: 2 };

  it('are those that are selected, or all of the list', () => {
    assert.deepEqual(selectionOf(at), { version: 1, of: { list: 4, ranges: [[0, 2]] } });
    assert.deepEqual(selectionOf({ ...at, ranges: [], selected: 0 }), { version: 1, of: { list: 4 } });
    assert.equal(selectionOf({ query: '', ranges: [], selected: 0 }), undefined);
    assert.equal(selectionOf(undefined), undefined);
  });

  it('come from a page as they are', () => {
    assert.deepEqual([rowsOf('wrong'), rowsOf({ list: 1, ranges: undefined })], ['wrong', { list: 1 }]);
  });
});

describe('exports of rows', () => {
  it('lie beside the run file, never among the images', () => {
    for (const kind of EXPORTS)
      assert.equal(exportFile('/w/val.groupcam', kind), path.join('/w', `val.${EXPORT_FILES[kind].extension}`));
  });
});

describe('the view of datasets', () => {
  it('names run files by their name, and by their folder where they are in one', () => {
    assert.deepEqual(
      [runRow('/w/val.groupcam', 'val.groupcam'), runRow('/w/a/val.groupcam', 'a/val.groupcam')].map(
        ({ label, description }) => [label, description],
      ),
      [
        ['val', undefined],
        ['val', 'a'],
      ],
    );
  });

  it('shows versions, suspicious clusters, views and tags with their counts, each with what a click opens', () => {
    const rows = treeRowsOf(
      runInfo({
        items: 12_000,
        versions: [version(1, { done: 3000, failed: 2 }), version(2, { done: 12_000, unavailable: 'gone' })],
        views: [{ name: 'worst', query: 'wrong order by loss desc' }],
        tags: [{ name: 're label', key: 'r', count: 1200 }],
        clusters: [
          { version: 1, sets: 2, suspicious: [] },
          { version: 2, sets: 2, suspicious: ['ice cream 2'] },
        ],
      }),
    );
    const flat = rows.flatMap((row) => [row, ...(row.children ?? [])]);
    assert.deepEqual(
      flat.map(({ label, description, opens }) => [label, description, opens]),
      [
        ['net@1', '3,002 of 12,000, 2 failed', { version: 1 }],
        ['net@2', '12,000 images', { version: 2 }],
        ['Suspicious clusters', undefined, undefined],
        ['ice cream 2', 'net@2', { query: 'cluster = "ice cream 2"', version: 2 }],
        ['Views', undefined, undefined],
        ['worst', 'wrong order by loss desc', { query: 'wrong order by loss desc' }],
        ['Tags', undefined, undefined],
        ['re label', '1,200, key r', { query: 'tag = "re label"' }],
      ],
    );
    assert.equal(new Set(flat.map(({ id }) => id)).size, flat.length);
    assert.match(rows[1]!.tooltip!, /gone/);
  });

  it('says why a run file can not be opened', () => {
    assert.equal(messageRow('/w/x.groupcam', 'not a database').label, 'not a database');
  });
});
