/** Tags, views, and what is written to files and read back. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Row } from '../../../src/protocol/dataset';
import type { RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { readArrow } from './arrow';
import { CATEGORIES, datasetOf, LABELS, made, NO_EVENTS, rowsOf, SIGNAL, VERSION } from './made';

const COUNT = 300;

const listOf = async (run: RunFile, query: string) => (await run.list({ version: 1, query, first: 0 }, NO_EVENTS)).list;
const tagged = async (run: RunFile, tag: string) => (await rowsOf(run, `tag = ${tag}`)).map(({ item }) => item);

async function set(run: RunFile, query: string, tag: string, on = true): Promise<number> {
  const { changed } = await run.tag({ version: 1, of: { list: await listOf(run, query) }, tag, on }, NO_EVENTS);
  return changed;
}

describe('tags of a run file', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('are set, taken off and taken back one after another, also after the file was closed', async () => {
    const run = await made(at(), COUNT);
    const wrong = (await rowsOf(run, 'wrong')).map(({ item }) => item);
    assert.equal(await set(run, 'wrong', 'a'), wrong.length);
    assert.equal(await set(run, 'limit 250', 'b'), 250);
    assert.equal(await set(run, 'limit 260', 'b'), 10);
    assert.equal(await set(run, 'wrong limit 5', 'a', false), 5);
    assert.equal(await set(run, 'wrong limit 5', 'a', false), 0);
    assert.deepEqual(await tagged(run, 'a'), wrong.slice(5));
    assert.deepEqual(run.info().tags, [
      { name: 'a', count: wrong.length - 5 },
      { name: 'b', count: 260 },
    ]);
    run.close();
    const again = await openRunFile(at(), {});
    const undo = async () => (await again.undo({}, NO_EVENTS)).undone;
    assert.equal(await undo(), 'tag "a" taken off 5 images');
    assert.deepEqual(await tagged(again, 'a'), wrong);
    assert.equal(await undo(), 'tag "b" set on 10 images');
    assert.equal((await tagged(again, 'b')).length, 250);
    assert.equal(await undo(), 'tag "b" set on 250 images');
    assert.equal(await undo(), `tag "a" set on ${wrong.length} images`);
    assert.equal(await undo(), '');
    assert.deepEqual(again.info().tags, []);
    again.close();
  });

  it('have a key each; a key that is given anew leaves its tag', async () => {
    const run = await made(at(), COUNT);
    run.tagKey({ tag: 'a', key: '1' }, NO_EVENTS);
    run.tagKey({ tag: 'b', key: '1' }, NO_EVENTS);
    assert.deepEqual(run.info().tags, [{ name: 'b', key: '1', count: 0 }]);
    run.tagKey({ tag: 'b' }, NO_EVENTS);
    assert.deepEqual(run.info().tags, []);
    run.close();
  });

  it('come back from a CSV that was exported, as one change', async () => {
    const run = await made(at(), COUNT);
    await set(run, 'wrong', '=dangerous; "name"');
    await set(run, 'limit 20', 'b');
    const before = await rowsOf(run, '');
    const csv = folder.at('rows.csv');
    await run.export(1, { list: await listOf(run, '') }, 'csv', csv, SIGNAL);
    await set(run, '', 'b');
    await set(run, '', '=dangerous; "name"', false);
    await set(run, '', 'c');
    assert.deepEqual(await run.importTags({ file: csv }, NO_EVENTS), { rows: COUNT });
    assert.deepEqual(await rowsOf(run, ''), before);
    await run.undo({}, NO_EVENTS);
    assert.equal((await tagged(run, 'c')).length, COUNT);
    run.close();
  });

  it('are refused for images that are not there, and nothing changes', async () => {
    const run = await made(at(), COUNT);
    for (const [text, reason] of [
      ['image,tags\nnone.png,a\n', /:2: not a usable list of images \(none.png is no image of this dataset\)/],
      ['picture,tags\nx,a\n', /must name the columns image and tags/],
      ['image,tags\n"', /Quote/],
    ] as const)
      await assert.rejects(Promise.resolve(run.importTags({ file: folder.write('t.csv', text) }, NO_EVENTS)), {
        code: 'list-invalid',
        message: reason,
      });
    assert.deepEqual(run.info().tags, []);
    run.close();
  });

  it('stand beside saved views, whose queries are checked', async () => {
    const run = await made(at(), COUNT);
    run.saveView({ view: { name: 'worst', query: 'wrong order by loss desc' } }, NO_EVENTS);
    run.saveView({ view: { name: 'worst', query: 'wrong' } }, NO_EVENTS);
    assert.deepEqual(run.info().views, [{ name: 'worst', query: 'wrong' }]);
    assert.throws(() => run.saveView({ view: { name: 'x', query: 'wrng' } }, NO_EVENTS), { code: 'query-invalid' });
    run.removeView({ name: 'worst' }, NO_EVENTS);
    assert.deepEqual(run.info().views, []);
    run.close();
  });
});

/** What a row is in a file, told from the row alone. */
function plain({ path, categories, top, loss, margin, entropy, correct, map, tags, error }: Row) {
  const { method, layer, maximum, border, spread, agreement, energy, hit } = map ?? {};
  return JSON.parse(
    JSON.stringify({
      image: path,
      true: categories.map((index) => CATEGORIES[index]),
      predicted: top && LABELS[top[0]![0]],
      p: top?.[0]?.[1],
      loss,
      margin,
      entropy,
      correct,
      top: top?.map(([index, p]) => ({ label: LABELS[index], p })),
      map: map && { method, layer, maximum, border, spread, agreement, energy, hit },
      tags,
      error,
    }),
  );
}

const CSV_COLUMNS =
  'image,true,predicted,p,loss,margin,entropy,correct,top,map.method,map.layer,map.maximum,map.border,map.spread,map.agreement,map.energy,map.hit,tags,error';

describe('exports of a run file', () => {
  const folder = testFolder();

  async function exported(kind: 'csv' | 'json' | 'parquet' | 'paths') {
    const run = await made(folder.at('r.groupcam'), COUNT, 10);
    await run.updateAgreement(1, SIGNAL);
    await set(run, 'wrong', 'relabel');
    const output = folder.at('out', `rows.${kind}`);
    const { rows } = await run.export(1, { list: await listOf(run, 'order by loss desc') }, kind, output, SIGNAL);
    const wanted = (await rowsOf(run, 'order by loss desc')).map(plain);
    assert.equal(rows, COUNT);
    run.close();
    return { output, wanted };
  }

  const cellsOf = ({ map, top, ...row }: ReturnType<typeof plain>) => {
    const { method, layer, maximum, border, spread, agreement, energy, hit } = map ?? {};
    return [
      ...[row.image, row.true.join('; '), row.predicted, row.p, row.loss, row.margin, row.entropy, row.correct],
      ...[top && JSON.stringify(top), method, layer, maximum && JSON.stringify(maximum)],
      ...[border, spread, agreement, energy, hit, row.tags.join('; '), row.error],
    ];
  };

  it('JSON has a line for each row, with what is known', async () => {
    const { output, wanted } = await exported('json');
    const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      wanted,
    );
  });

  it('CSV has the same in columns, with numbers that read back exactly', async () => {
    const { output, wanted } = await exported('csv');
    const [head, ...lines]: string[][] = parse(readFileSync(output));
    assert.equal(head!.join(), CSV_COLUMNS);
    assert.deepEqual(
      lines,
      wanted.map((row) => cellsOf(row).map((cell) => String(cell ?? ''))),
    );
  });

  it('Parquet has the same columns, as another reader sees them', async () => {
    const { output, wanted } = await exported('parquet');
    const table = readArrow(readFileSync(output));
    assert.equal(table.names.join(), CSV_COLUMNS);
    assert.deepEqual(
      table.rows,
      wanted.map((row) => cellsOf(row).map((cell) => cell ?? null)),
    );
  });

  it('paths are the absolute paths', async () => {
    const { output, wanted } = await exported('paths');
    const files = new Map(datasetOf(COUNT).items.map(({ path, file }) => [path, file]));
    assert.deepEqual(
      readFileSync(output, 'utf8').trimEnd().split('\n'),
      wanted.map(({ image }) => files.get(image)),
    );
  });

  for (const name of ['two\nlines.png', 'two\rlines.png']) {
    it(`paths are refused, and nothing is written, where one is ${JSON.stringify(name)}`, async () => {
      const run = await openRunFile(folder.at('l.groupcam'), { create: true });
      const [first, second] = datasetOf(2).items;
      run.setDataset({ ...datasetOf(0), items: [first!, { ...second!, path: name, file: `/data/${name}` }] });
      run.addVersion(VERSION);
      const [of, output] = [{ list: await listOf(run, '') }, folder.at('l.txt')];
      await assert.rejects(run.export(1, of, 'paths', output, SIGNAL), { code: 'bad-option' });
      assert.equal(existsSync(output), false);
      await run.export(1, of, 'csv', output, SIGNAL);
      const table = parse(readFileSync(output, 'utf8'), { columns: true }) as { image: string }[];
      assert.ok(
        table.some(({ image }) => image === name),
        'a table holds it',
      );
      run.close();
    });
  }

  it('guard cells that spreadsheets would run, but no number', async () => {
    const run = await openRunFile(folder.at('g.groupcam'), { create: true });
    const [item] = datasetOf(1).items;
    run.setDataset({ ...datasetOf(1), items: [{ ...item!, path: '=cmd|"/c calc"!A1, "x".png', categories: [] }] });
    run.addVersion(VERSION);
    run.commitRows(1, [{ item: 1, error: { code: 'internal', message: '-1+2\nsecond line' } }]);
    const output = folder.at('g.csv');
    await run.export(1, { list: await listOf(run, '') }, 'csv', output, SIGNAL);
    const [, line]: string[][] = parse(readFileSync(output));
    assert.equal(line![0], `'=cmd|"/c calc"!A1, "x".png`);
    assert.equal(line!.at(-1), "'-1+2\nsecond line");
    run.close();
  });

  it('never replace the run file', async () => {
    const run = await made(folder.at('r.groupcam'), COUNT);
    const of = { list: await listOf(run, '') };
    await assert.rejects(run.export(1, of, 'csv', folder.at('r.groupcam'), SIGNAL), { code: 'output-taken' });
    assert.equal((await rowsOf(run, '')).length, COUNT);
    run.close();
  });
});
