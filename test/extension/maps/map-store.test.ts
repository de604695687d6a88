import { strict as assert } from 'node:assert';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { digestOf } from '../../../src/extension/maps/kept-map';
import { createMapStore, type MapStore } from '../../../src/extension/maps/map-store';
import { summaryOf } from '../../../src/extension/status/summary';
import type { Explanation } from '../../../src/protocol/explanation';
import type { ExplainParams, FileStamp } from '../../../src/protocol/requests';
import type { Summary } from '../../../src/protocol/webview';
import { until } from '../../support/wait';
import { explanation, info } from '../support';

const asked: ExplainParams = {
  ...DEFAULT_CHOICE,
  view: 'left',
  image: { path: '/w/a.png' },
  model: { path: '/w/net.onnx' },
  target: { index: 1 },
  device: 'auto',
  top: 5,
};

describe('maps that are kept', () => {
  let folder: string;
  let failures: unknown[];
  const file = (name: string) => path.join(folder, name);
  const stored = () => (existsSync(file('maps')) ? readdirSync(file('maps')).map((name) => file(`maps/${name}`)) : []);
  const stampOf = (name: string): FileStamp => {
    const { size, mtimeMs } = statSync(file(name));
    return { path: file(name), size, mtime: mtimeMs };
  };
  /** As another window has it, or the same one after it was loaded again. */
  const open = (limit?: number) =>
    createMapStore({
      folder: file('maps'),
      engine: file('engine.js'),
      failed: (thrown) => failures.push(thrown),
      ...(limit && { limit }),
    });
  async function keep(store: MapStore, params = asked, index = 1): Promise<void> {
    const found = { ...explanation(index), probabilities: Float32Array.of(0.1, Number.MIN_VALUE, 1 / 3) };
    const files = ['image', 'model'].map(stampOf);
    await store.keep(params, { explanation: found, summary: summaryOf(found, info), files: [...files, absent()] });
  }
  const absent = (): FileStamp => ({ path: file('sidecar'), size: undefined, mtime: 0 });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-maps-'));
    failures = [];
    for (const name of ['image', 'model', 'engine.js']) writeFileSync(file(name), name);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    assert.deepEqual(failures, []);
  });

  it('are found in another panel, by another window, and by the class that was the top class', async () => {
    const store = open();
    const top: ExplainParams = { ...asked, target: 'top' };
    await keep(store, top);
    for (const [where, params] of [
      [store, { ...top, view: 'right' }],
      [store, asked],
      [open(), top],
      [open(), asked],
    ] as const) {
      const found = await where.find(params);
      assert.deepEqual(found?.explanation.frame, explanation(1).frame);
      assert.deepEqual(found?.explanation.probabilities, Float32Array.of(0.1, Number.MIN_VALUE, 1 / 3));
      assert.deepEqual(found?.summary, summaryOf(explanation(1), info));
    }
  });

  const others: Record<string, Partial<ExplainParams>> = {
    image: { image: { path: '/w/b.png' } },
    'bytes in place of a file': { image: { bytes: Uint8Array.of(1), name: 'a.png' } },
    model: { model: { path: '/w/other.onnx' } },
    layer: { model: { path: '/w/net.onnx', layer: 'conv' } },
    labels: { model: { path: '/w/net.onnx', labels: '/w/labels.txt' } },
    class: { target: { index: 2 } },
    'top class': { target: 'top' },
    method: { method: 'rise' },
    'an option': { options: { groups: 8 } },
    blur: { blur: { kernel: 3, sigma: 1 } },
    contrast: { contrast: [{ index: 2 }] },
    device: { device: 'cpu' },
  };
  for (const [name, change] of Object.entries(others)) {
    it(`are not used for another question: ${name}`, async () => {
      const store = open();
      await keep(store);
      assert.equal(await store.find({ ...asked, ...change }), undefined);
      assert.ok(await store.find(asked));
    });
  }

  it('of documents without a file are known by what these hold', async () => {
    const store = open();
    const of = (byte: number): ExplainParams => ({ ...asked, image: { bytes: Uint8Array.of(byte), name: 'a.png' } });
    await keep(store, of(1));
    assert.equal(await store.find(of(2)), undefined);
    assert.ok(await store.find(of(1)));
  });

  const changes: Record<string, () => void> = {
    'the image, at the same size': () => writeFileSync(file('image'), 'iMage'),
    'the image has gone': () => rmSync(file('image')),
    'the model': () => writeFileSync(file('model'), 'another'),
    'a sidecar has come': () => writeFileSync(file('sidecar'), '{}'),
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`are not used after a file has changed: ${name}`, async () => {
      const store = open();
      const past = new Date(Date.now() - 60_000);
      for (const old of ['image', 'model']) utimesSync(file(old), past, past);
      await keep(store);
      change();
      assert.equal(await open().find(asked), undefined);
      assert.equal(await store.find(asked), undefined);
    });
  }

  it('are not used by another build of the engine', async () => {
    await keep(open());
    writeFileSync(file('engine.js'), 'another build');
    assert.equal(await open().find(asked), undefined);
  });

  it('in a damaged file count as absent, and the file goes', async () => {
    await keep(open());
    const [name] = stored();
    const text = readFileSync(name!, 'utf8');
    for (const damaged of ['', 'x', text.slice(0, -1), text.replace('AAAA', 'AAAB'), `${text}\n`]) {
      assert.notEqual(damaged, text);
      writeFileSync(name!, damaged);
      assert.equal(await open().find(asked), undefined);
      await until('an empty folder', () => stored().length === 0);
    }
  });

  it('come back with every field that they may have', async () => {
    const whole: Required<Explanation> = {
      ...explanation(1),
      frame: { ...explanation(1).frame, saturation: 0.5 },
      saliency: { min: -1, max: 2, zero: false, reason: 'r', note: 'n' },
      contrast: [{ class: 2, label: 'cat', probability: 0.25 }],
      contrastWeight: 0.6,
      precision: { used: 'int8', reason: 'as chosen' },
      way: { used: 'one graph', reason: 'as measured' },
      completeness: { sum: 1, difference: 1.5 },
      own: { difference: 0.25, correlation: 0.75 },
    };
    const summary: Required<Summary> = {
      ...summaryOf(whole, info),
      layer: 'relu',
      kept: false,
      blank: 'b',
      note: 'n',
      own: 'o',
    };
    await open().keep(asked, { explanation: whole, summary, files: [absent()] });
    const { files, ...found } = (await open().find(asked))!;
    assert.deepEqual(found, { explanation: whole, summary });
    assert.deepEqual(files[0], absent());
  });

  it('in the form of another version count as absent', async () => {
    await keep(open());
    const [name] = stored();
    const body = readFileSync(name!, 'utf8').split('\n')[1]!;
    for (const [from, to] of [
      ['"passes":', '"passed":'],
      ['"signed":false', '"signed":0'],
      ['"total":32,"height":', '"total":32,"height":1'],
      ['{"key":', '[{"key":'],
    ] as const) {
      const other = body.replace(from, to);
      assert.notEqual(other, body);
      writeFileSync(name!, `${digestOf(other)}\n${other}`);
      assert.equal(await open().find(asked), undefined, from);
    }
  });

  it('stay within a limit: the least recently used are removed', async () => {
    const params = (image: number): ExplainParams => ({ ...asked, image: { path: `/w/${image}.png` } });
    const store = open();
    await keep(store, params(0));
    const bytes = statSync(stored()[0]!).size;
    const small = open(5.5 * bytes);
    for (let i = 1; i < 12; i++) {
      await keep(small, params(i));
      assert.ok(await small.find(params(1)), 'what is used stays');
    }
    await until('the oldest to go', () => stored().length <= 5);
    rmSync(file('maps'), { recursive: true });
    const inMemory = await Promise.all(Array.from({ length: 12 }, (_, i) => small.find(params(i))));
    assert.deepEqual(
      inMemory.flatMap((found, i) => (found ? [i] : [])),
      [1, 8, 9, 10, 11],
    );
  });

  it('are forgotten all at once', async () => {
    const store = open();
    await keep(store);
    await store.clear();
    assert.equal(await store.find(asked), undefined);
    assert.equal(await open().find(asked), undefined);
    await keep(store);
    assert.ok(await store.find(asked));
  });
});
