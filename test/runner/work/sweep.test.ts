import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import type { VersionInfo } from '../../../src/protocol/dataset';
import type { StoredItem } from '../../../src/runner/store/form';
import { type Shown, sweep } from '../../../src/runner/work/sweep';
import type { Control, Progress } from '../../../src/runner/work/works';
import { testFolder } from '../../support/folder';
import { type FakeOptions, fakeEngine } from './fake-engine';
import { memoryFile } from './memory-file';

const VERSION = { id: 1, classes: [[0], [1, 2], []] } as unknown as VersionInfo;

describe('runner: sweep', () => {
  const folder = testFolder();

  /** Items in files whose bytes are `text`. */
  const itemsOf = (texts: readonly string[], categories: (i: number) => readonly number[] = () => []): StoredItem[] =>
    texts.map((text, i) => {
      const file = folder.write(`${i}.png`, text);
      const { size, mtimeMs } = statSync(file);
      return { id: i, file, bytes: size, mtime: Math.trunc(mtimeMs), categories: categories(i) };
    });
  const different = (count: number) => Array.from({ length: count }, (_, i) => `image ${i}`);

  function setUp(items: readonly StoredItem[], options: FakeOptions = {}) {
    const file = memoryFile(items, folder.at('.'), { categories: ['cat', 'pets', 'sky'], classes: VERSION.classes });
    const engine = fakeEngine(options);
    const controller = new AbortController();
    let shown: Shown = { items: [], serial: 0 };
    const progress: Progress[] = [];
    const control: { -readonly [K in keyof Control]: Control[K] } = {
      signal: controller.signal,
      rate: () => undefined,
      turn: async () => controller.signal.throwIfAborted(),
      goesOn: () => !controller.signal.aborted,
      report: (now) => progress.push(now),
    };
    const run = () =>
      sweep(
        {
          file,
          version: VERSION,
          choice: { path: 'model.onnx' },
          device: 'cpu',
          engine,
          model: { check: async () => {} },
          shown: () => shown,
          committed: () => {},
        },
        control,
      );
    const show = (ids: readonly number[]) => {
      shown = { items: ids, serial: shown.serial + 1 };
    };
    return { file, engine, controller, control, progress, run, show };
  }

  it('computes every item once, in shards that grow', async () => {
    const { file, engine, progress, run } = setUp(itemsOf(different(300)));
    await run();
    assert.deepEqual(
      file.commits.map((ids) => ids.length),
      [16, 32, 64, 128, 60],
    );
    assert.deepEqual(
      engine.calls.flat().sort((a, b) => a - b),
      different(300).map((_, i) => i),
    );
    assert.ok(engine.calls.every((ids) => ids.length <= 16));
    assert.deepEqual(progress.at(-1), { done: 300, failed: 0, total: 300 });
    await run();
    assert.equal(engine.calls.flat().length, 300, 'nothing is left to do');
  });

  it('says of each row whether it is right, and the hash of its bytes', async () => {
    const items = itemsOf(different(4), (i) => [[0], [1], [2], [0, 1]][i]!);
    const { file, run } = setUp(items);
    await run();
    const rows = [0, 1, 2, 3].map((id) => file.rowsById.get(id)!);
    // The fake engine predicts class id mod 3.
    assert.deepEqual(
      rows.map((row) => 'swept' in row && row.correct),
      [true, true, undefined, true],
    );
    const expected = createHash('sha256').update('image 1').digest('hex');
    assert.equal(rows[1]!.hash, expected);
  });

  it('what comes on screen goes first, after the call that runs', async () => {
    const parts = setUp(itemsOf(different(600)), {
      before: ({ id }) => {
        if (id === 250) parts.show([590, 10, 591]);
      },
    });
    await parts.run();
    const { calls } = parts.engine;
    const at = calls.findIndex((ids) => ids.includes(250));
    assert.deepEqual(calls[at + 1]!.slice(0, 2), [590, 591], 'and what is computed is not computed again');
    assert.equal(new Set(calls.flat()).size, 600);
    assert.equal(calls.flat().length, 600);
  });

  it('identical files are computed once, if they show the same', async () => {
    const texts = different(40).map((text, i) => (i % 4 === 3 ? 'the same' : text));
    const categories = (i: number) => (i === 39 ? [1] : [0]);
    const { file, engine, run } = setUp(itemsOf(texts, categories));
    await run();
    const computed = engine.calls.flat();
    assert.deepEqual(
      computed.filter((id) => texts[id] === 'the same'),
      [3, 39],
      '39 has another class',
    );
    assert.deepEqual(
      file.copies.map(([from]) => from),
      Array(8).fill(3),
    );
    assert.equal(file.rowsById.size, 40);
  });

  it('each of identical files that fail has a failure of its own', async () => {
    const { engine, progress, run } = setUp(itemsOf(['a', 'bad', 'bad', 'bad', 'a']), { failing: [1, 2, 3] });
    await run();
    assert.deepEqual(progress.at(-1), { done: 2, failed: 3, total: 5 });
    assert.deepEqual(engine.calls.flat(), [0, 1, 2, 3]);
  });

  it('finishes a last shard that others have interrupted', async () => {
    const { control, progress, run } = setUp(itemsOf(different(40)));
    control.goesOn = () => false;
    await run();
    assert.deepEqual(progress.at(-1), { done: 40, failed: 0, total: 40 });
  });

  it('an image that can not be read, is gone or has changed is a row with an error', async () => {
    const items = itemsOf(different(20));
    rmSync(items[3]!.file);
    writeFileSync(items[5]!.file, 'another image');
    const { file, run } = setUp(items, {
      failing: [7],
      before: ({ id }) => {
        if (id === 8) writeFileSync(items[8]!.file, 'changed while it was computed');
      },
    });
    await run();
    const errors = [...file.rowsById].flatMap(([id, row]) =>
      'error' in row ? [[id, row.error.code, row.error.message]] : [],
    );
    assert.deepEqual(errors.map(([id, code]) => [id, code]).sort(), [
      [3, 'image-missing'],
      [5, 'image-unreadable'],
      [7, 'image-unreadable'],
      [8, 'image-unreadable'],
    ]);
    assert.match(String(errors.find(([id]) => id === 5)![2]), /5\.png: .*changed since the dataset was listed/);
    assert.equal(file.rowsById.size, 20);
  });

  it('blames no image when the folder of all of them is gone', async () => {
    const { file, run } = setUp(itemsOf(different(20)));
    rmSync(folder.at('.'), { recursive: true });
    await assert.rejects(run(), { code: 'dataset-invalid', message: /the folder of its images is not there/ });
    assert.equal(file.rowsById.size, 0);
  });

  it('keeps what is done when it is cancelled, and goes on from there', async () => {
    const parts = setUp(itemsOf(different(100)), {
      before: ({ id }) => {
        if (id === 60) parts.controller.abort();
      },
    });
    await assert.rejects(parts.run());
    assert.deepEqual(
      [...parts.file.rowsById.keys()],
      different(60).map((_, i) => i),
    );
  });

  it('keeps the shards before one that can not be written, and ends', async () => {
    const { file, run } = setUp(itemsOf(different(100)));
    file.beforeCommit = () => {
      if (file.commits.length === 2) throw new Error('disk full');
    };
    await assert.rejects(run(), /disk full/);
    assert.equal(file.rowsById.size, 48);
  });
});
