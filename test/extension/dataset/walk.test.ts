import assert from 'node:assert/strict';
import path from 'node:path';
import { placeText, shortQuery } from '../../../src/extension/dataset/walk/query-words';
import { questionOf, questionOfBoth, rowAt, rowBeside } from '../../../src/extension/dataset/walk/walk';
import { readWalk, walkText } from '../../../src/extension/dataset/walk/walk-state';
import { comparedBy } from '../../../src/extension/explanation/comparison';
import type { VersionInfo } from '../../../src/protocol/dataset';
import { fakeRunner, row, runInfo, version } from './fake-runner';
import { start } from './started';

/** A list of the items 10, 11 and 12. */
const ITEMS = [10, 11, 12];

function walking() {
  const runner = fakeRunner({
    row: ({ item, list }) => ({
      row: row(item),
      ...(list !== undefined && ITEMS.includes(item) && { position: ITEMS.indexOf(item) }),
    }),
    rows: ({ from, count }) => ITEMS.slice(from, from + count).map((item) => row(item)),
  });
  const { session } = start(runner);
  return { runner, session };
}

const PLACE = { version: 1, query: 'wrong', item: 11 };

describe('a walk through a list', () => {
  it('goes from row to row, up to its ends', async () => {
    const { runner, session } = walking();
    await session.ask({ name: 'list', params: { version: 1, query: 'wrong', first: 9 } });
    const from = { ...PLACE, list: 1, position: 1 };
    const next = await rowBeside(session, from, 1);
    assert.deepEqual(next?.place, { ...PLACE, item: 12, list: 1, position: 2 });
    assert.equal(next.count, 3);
    assert.equal(await rowBeside(session, next.place, 1), undefined);
    const first = await rowBeside(session, next.place, -2);
    assert.equal(first?.row.item, 10);
    assert.equal(await rowBeside(session, first.place, -1), undefined);
    assert.equal(runner.asked.filter(([name]) => name === 'list').length, 1);
  });

  it('by two versions goes on by both', async () => {
    const { session } = walking();
    const next = await rowBeside(session, { ...PLACE, sides: [1, 2] }, 1);
    assert.deepEqual([next?.place.item, next?.place.sides], [12, [1, 2]]);
  });

  it('that was restored makes its list again and finds its place in it', async () => {
    const { session } = walking();
    const found = await rowAt(session, { ...PLACE, item: 12, position: 0 });
    assert.deepEqual([found.place.position, found.count], [2, 3]);
    assert.equal((await rowBeside(session, { ...PLACE, item: 12 }, -1))?.row.item, 11);
  });

  it('goes on from where a row was that has left the list', async () => {
    const { session } = walking();
    const next = await rowBeside(session, { ...PLACE, item: 99, position: 1 }, 1);
    assert.equal(next?.row.item, 12);
    assert.equal((await rowAt(session, { ...PLACE, item: 99, position: 80 })).place.position, 2);
  });

  it('survives a reload of the window as text', () => {
    const kept = {
      ...{ image: 'file:///w/val/a.png', run: '/w/val.groupcam', root: '/w/val' },
      model: { path: '/w/net.onnx', layer: 'relu' },
      place: { ...PLACE, position: 1, sides: [1, 2] as const },
      truth: 'dog',
    };
    const restore = walkText({ ...kept, place: { ...kept.place, list: 3 } });
    assert.deepEqual(readWalk({ restore }), kept);
    const { truth: _, ...unknown } = kept;
    assert.deepEqual(readWalk({ restore: walkText(unknown) }), unknown);
    for (const state of [undefined, {}, { restore: '{"images":[]}' }, { restore: 'x' }, { restore: 3 }])
      assert.equal(readWalk(state), undefined);
  });
});

describe('the question about a row', () => {
  it('is the class of its map, or the predicted one, by the model of its version', () => {
    const info = runInfo();
    const predicted = questionOf(info, 1, row(4), {});
    assert.deepEqual(predicted, {
      file: path.resolve('/w/val/dog/4.png'),
      model: { path: '/w/net-1.onnx', layer: 'relu' },
      wanted: [{ target: { index: 0 }, title: 'cat' }],
      truth: 'dog',
    });
    assert.equal(questionOf(info, 1, row(4, { categories: [1, 0] }), {}).truth, 'dog, cat');
    assert.equal('truth' in questionOf(info, 1, row(4, { categories: [] }), {}), false);
    const map = { method: 'grad-cam', layer: 'relu', class: 1 } as never;
    assert.deepEqual(questionOf(info, 1, row(4, { map }), {}).wanted, [{ target: { index: 1 }, title: 'dog' }]);
    const { top: _, ...waiting } = row(4);
    assert.equal(questionOf(info, 1, waiting, {}).wanted[0]!.target, 'top');
  });

  it('has the labels and scores that were chosen for the model in use, if it is the same', () => {
    const chosen = { labels: '/w/names.txt', output: 'scores' };
    assert.deepEqual(questionOf(runInfo(), 1, row(4), { path: '/w/net-1.onnx', layer: 'conv', ...chosen }).model, {
      ...{ path: '/w/net-1.onnx', layer: 'relu' },
      ...chosen,
    });
    assert.deepEqual(questionOf(runInfo(), 1, row(4), { path: '/w/other.onnx', ...chosen }).model.labels, undefined);
  });

  it("of a version whose model can't be run is one line", () => {
    const info = runInfo({ versions: [version(1, { name: 'net', unavailable: '/w/net.onnx is gone' })] });
    assert.throws(
      () => questionOf(info, 1, row(4), {}),
      /^ExplainError: net: its model can't be run \(\/w\/net.onnx is gone\)/,
    );
    assert.throws(() => questionOf(info, 5, row(4), {}), /version 5/);
  });
});

describe('the question to two versions', () => {
  const [first, second] = [version(1, { name: 'net' }), version(2)];
  const ask = (a: VersionInfo, b: VersionInfo, of = row(4)) =>
    questionOfBoth(runInfo({ versions: [a, b] }), [1, 2], of, {});

  it('is the class that the first predicts, by the model of each', () => {
    const { file, model, wanted, truth } = ask(first, second);
    assert.deepEqual([file, truth], [path.resolve('/w/val/dog/4.png'), 'dog']);
    assert.deepEqual(model, { path: '/w/net-1.onnx', layer: 'relu' });
    const side = { target: { index: 0 } };
    assert.deepEqual(wanted, [
      { ...side, title: 'net', hint: '/w/net-1.onnx', model: { path: '/w/net-1.onnx', layer: 'relu' } },
      { ...side, title: 'net@2', hint: '/w/net-2.onnx', model: { path: '/w/net-2.onnx', layer: 'relu' } },
    ]);
    assert.equal(comparedBy(wanted), 'models');
  });

  it('is about the copy of a model whose file has changed', () => {
    const { model, wanted } = ask({ ...first, file: '/kept/1.onnx' }, second);
    assert.equal(model.path, '/kept/1.onnx');
    assert.deepEqual(
      wanted.map((one) => one.model?.path),
      ['/kept/1.onnx', '/w/net-2.onnx'],
    );
  });

  it('names the class where the second has it elsewhere, and asks for its label where it lacks it', () => {
    const targetOf = (labels: readonly string[]) => ask(first, { ...second, labels }).wanted[1]!.target;
    assert.deepEqual(targetOf(['dog', 'owl', 'cat']), { index: 2 });
    assert.deepEqual(targetOf(['dog', 'owl']), { label: 'cat' });
  });

  it('is the top class while the first has not computed the image', () => {
    const { top: _, ...waiting } = row(4);
    assert.deepEqual(
      ask(first, second, waiting).wanted.map(({ target }) => target),
      ['top', 'top'],
    );
  });

  it('of a version whose weights are gone is one line', () => {
    assert.throws(
      () => ask({ ...first, unavailable: 'its file has changed' }, second),
      /^ExplainError: net: .*changed/,
    );
  });
});

describe('queries in words', () => {
  for (const [query, words] of [
    ['', '3 of 57 images'],
    ['  order by loss desc', '3 of 57 images'],
    ['wrong', '3 of 57 wrong'],
    ['wrong and true = cat order by loss desc limit 9', '3 of 57 wrong and true = cat'],
    ['wrong\n  and p < 0.5', '3 of 57 wrong and p < 0.5'],
  ] as const)
    it(JSON.stringify(query), () => assert.equal(placeText(2, 57, query), words));

  it('are cut when they are long', () => {
    assert.equal(shortQuery(`path ~ "${'x'.repeat(100)}"`).length, 40);
  });
});
