// Makes a run file of many made up rows, the same for the same number: `node make.mjs STORE FILE ROWS`, where STORE is the
// bundled store. Needs a Node that has node:sqlite.
import { pathToFileURL } from 'node:url';

const [store = '', file = '', rows = ''] = process.argv.slice(2);
const { openRunFile } = await import(pathToFileURL(store).href);

const CLASSES = 10;
const SIDE = 7;
const FEATURES = 64;
/** Rows of a commit, as in a sweep. */
const SHARD = 256;

let state = 1;
/** Uniform in [0, 1): a linear congruential generator (Numerical Recipes). */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const labels = Array.from({ length: CLASSES }, (_, i) => `class ${i}`);
const items = Array.from({ length: Number(rows) }, (_, i) => {
  const label = Math.floor(random() * CLASSES);
  const split = i % 10 === 0 ? 'val' : 'train';
  const path = `${split}/${labels[label]}/image_${String(i).padStart(7, '0')}.jpg`;
  return { path, file: `/images/${path}`, bytes: 1000 + i, mtime: 1e12 + i, categories: [labels[label]], split };
}).sort((a, b) => (a.path < b.path ? -1 : 1));

const run = await openRunFile(file, { create: true });
run.setDataset({
  source: '/images',
  root: '/images',
  items,
  categories: labels,
  splits: ['train', 'val'],
  notes: [],
});
const version = run.addVersion({
  name: 'net',
  model: '/models/net.onnx',
  labels,
  activation: 'softmax',
  layer: 'relu',
  classes: labels.map((_, i) => [i]),
  assumptions: [],
  choice: { path: '/models/net.onnx' },
  bytes: 1,
  hash: 'made',
});

/** @param {{ id: number, categories: readonly number[] }} item */
function rowOf({ id, categories }) {
  const scores = labels.map(() => random() ** 6);
  const sum = scores.reduce((a, b) => a + b, 0);
  const p = scores.map((score) => score / sum);
  const top = p
    .map((value, i) => /** @type {const} */ ([i, value]))
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5);
  const [[predicted, first], [, second]] = /** @type {[[number, number], [number, number]]} */ (top.slice(0, 2));
  const [truth = 0] = categories;
  return {
    item: id,
    hash: id.toString(16).padStart(64, '0'),
    correct: predicted === truth,
    swept: {
      id,
      size: { width: 500, height: 375 },
      transform: { scaleX: 1.7, scaleY: 1.7, offsetX: 60, offsetY: 0, image: { width: 500, height: 375 } },
      top,
      loss: -Math.log(p[truth] ?? 0),
      margin: first - second,
      entropy: -p.reduce((all, value) => all + value * Math.log(value || 1), 0),
      embedding: Float32Array.from({ length: FEATURES }, random),
      map: {
        height: SIDE,
        width: SIDE,
        map: Float32Array.from({ length: SIDE * SIDE }, random),
        offset: 0,
        signed: false,
      },
      measures: { maximum: [random(), random()], border: random(), spread: random() },
    },
  };
}

for (;;) {
  const waiting = run.waiting(version, SHARD);
  if (waiting.length === 0) break;
  run.commitRows(version, waiting.map(rowOf));
}
await run.updateAgreement(version, { aborted: false });
const { list } = await run.list(
  { version, query: 'wrong and p > 0.9', first: 0 },
  { signal: { aborted: false }, emit: () => {} },
);
run.tag({ version, of: { list }, tag: 'relabel', on: true });
run.close();
