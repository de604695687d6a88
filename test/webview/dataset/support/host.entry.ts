/**
 * A host of the dataset page, as a worker of the page under test: it answers its requests from made-up data. It runs
 * aside, so that what the page does can be measured.
 */
import type { RunInfo, SavedView, TagInfo, TilePicture, Work } from '../../../../src/protocol/dataset';
import type { Asked, FromDatasetPage, ToDatasetPage } from '../../../../src/protocol/dataset-page';
import { packed, packRows } from '../../../../src/protocol/packed/pack';
import type { RepairInfo } from '../../../../src/protocol/training';
import { clusterSets, clusterTest, scatterOf, summaryOf } from './clusters';
import {
  atlasOf,
  classesOf,
  classOf,
  histogramsOf,
  infoOf,
  isFailed,
  isWrong,
  labelOf,
  lossOf,
  mapOf,
  predictedOf,
  probabilityOf,
  rowOf,
  type Setup,
} from './data';
import { makePictures } from './pictures';
import { GROUPS, repairOf, watchedMaps } from './repairs';
import { comparisonOf, isWrongIn, shiftedOf, shiftOf, trendOf, versionsOf } from './versions';

let setup: Setup = { items: 0, classes: 10 };
const tagged = new Map<string, Set<number>>();
const keys = new Map<string, string>();
const views: SavedView[] = [];
const undo: (() => void)[] = [];
const changed = new Map<number, { readonly name?: string; readonly pinned?: boolean }>();
/** Items by list; a list of everything has none. */
const lists = new Map<number, readonly number[] | undefined>();
let pngs: Uint8Array[] = [];
let repairs: readonly RepairInfo[] = [];

/** Bytes that were packed are handed over, as VS Code does, and not copied. */
const say = (message: ToDatasetPage, packs: object = {}) => {
  const bytes = Object.values(packs).filter(ArrayBuffer.isView);
  postMessage(message, { transfer: bytes.map(({ buffer }) => buffer as ArrayBuffer) });
};
/** Tells the page under test that all of this has been said. */
const heard = (what: string) => postMessage({ type: 'heard', what });
const tags = (): TagInfo[] =>
  [...tagged].map(([name, items]) => {
    const key = keys.get(name);
    return { name, count: items.size, ...(key !== undefined && { key }) };
  });
const versions = () => versionsOf(setup).map((version) => ({ ...version, ...changed.get(version.id) }));
const info = (): RunInfo => ({
  ...infoOf(setup, tags(), views),
  clusters: setup.clusters ? [summaryOf(clusterSets(setup, 'predicted'))] : [],
  ...(setup.versions !== undefined && { versions: versions() }),
  ...setup.info,
});
const tagsOf = (item: number) => [...tagged].filter(([, items]) => items.has(item)).map(([name]) => name);
/** The version that was listed last. */
let shown = 1;
const row = (item: number) => rowOf(item, setup, tagsOf(item), isWrongIn(item, shown));

function find(text: string): readonly number[] | undefined {
  const [, query = '', limit] = /^(.*?)\s*(?:limit (\d+))?$/.exec(text) ?? [];
  const found = findAll(query);
  return limit === undefined
    ? found
    : (found ?? Array.from({ length: setup.items }, (_, i) => i)).slice(0, Number(limit));
}

/** Only what tests ask for: conditions joined by `and`, one order. */
function findAll(query: string): readonly number[] | undefined {
  const [where = '', order] = query.split(/\border by\b/).map((part) => part.trim());
  if (query === 'nonsense') throw new Error('query, at character 1 ("nonsense"): this is no condition.');
  if (!where && !order) return undefined;
  const done = setup.done ?? setup.items;
  const isDone = (item: number) => item < done && !isFailed(item);
  const tests = where
    .split(/\s+and\s+/)
    .filter(Boolean)
    .map((text): ((item: number) => boolean) => {
      const inCluster = clusterTest(text, setup);
      if (inCluster) return inCluster;
      const [, name = '', comparison = '', value = ''] = /^(\w+)\s*(<=|>=|<|>|!?=|~)?\s*"?([^"]*)"?$/.exec(text) ?? [];
      const numbers: Readonly<Record<string, (item: number) => number>> = { p: probabilityOf, loss: lossOf };
      const [, flag, named] = /^(wrong|correct) in "?([^"]*)"?$/.exec(text) ?? [];
      if (flag) {
        const { id } = versions().find((version) => version.name === named)!;
        return (item) => isDone(item) && isWrongIn(item, id) === (flag === 'wrong');
      }
      const [, sign, shift] = /^shift from .*([<>])=? ([\d.]+)$/.exec(text) ?? [];
      const isShifted = (item: number) => isDone(item) && item < shiftedOf(setup);
      if (sign) {
        return (item) =>
          isShifted(item) && (sign === '>' ? shiftOf(item) >= Number(shift) : shiftOf(item) <= Number(shift));
      }
      if (name === 'wrong') return (item) => isDone(item) && !setup.unlabelled && isWrong(item);
      if (name === 'failed') return (item) => item < done && isFailed(item);
      if (name === 'true')
        return (item) => ((setup.unlabelled ? '' : labelOf(classOf(item, setup))) === value) === (comparison === '=');
      if (name === 'predicted') return (item) => isDone(item) && labelOf(predictedOf(item, setup)) === value;
      if (name === 'tag') return (item) => tagged.get(value)?.has(item) ?? false;
      if (name === 'path') return (item) => row(item).path.includes(value);
      const number = numbers[name];
      if (!number) throw new Error(`query, at character 1 ("${name}"): this is no condition.`);
      const limit = Number(value);
      if (comparison.startsWith('<')) return (item) => isDone(item) && number(item) < limit;
      return (item) => isDone(item) && number(item) >= limit;
    });
  const found: number[] = [];
  for (let item = 0; item < setup.items; item++) if (tests.every((test) => test(item))) found.push(item);
  if (order?.startsWith('shift')) found.sort((a, b) => shiftOf(b) - shiftOf(a));
  if (order?.startsWith('loss'))
    found.sort((a, b) => (order.endsWith('desc') ? lossOf(b) - lossOf(a) : lossOf(a) - lossOf(b)));
  return found;
}

const countOf = (list: number) => lists.get(list)?.length ?? setup.items;
const itemAt = (list: number, position: number) => lists.get(list)?.[position] ?? position;

function picture(item: number): TilePicture {
  const { state } = row(item);
  if (state === 'failed') return { item };
  const side = setup.side ?? 32;
  const image = { width: side, height: side };
  const transform = { scaleX: side / 32, scaleY: side / 32, offsetX: 0, offsetY: 0, image };
  return {
    item,
    thumbnail: pngs[item % pngs.length]!.slice(),
    ...(state === 'done' && { map: mapOf(item), transform, inputSize: { width: 32, height: 32 } }),
  };
}

function answer(id: string, { name, params }: Asked): unknown {
  switch (name) {
    case 'list': {
      shown = params.version;
      const list = lists.size + 1;
      const found = find(params.query);
      lists.set(list, found);
      const count = countOf(list);
      const first = Array.from({ length: Math.min(params.first, count) }, (_, i) => row(itemAt(list, i)));
      const rows = packRows(first);
      say({ type: 'first', id, rows }, rows);
      return {
        list,
        count,
        ...(params.query.includes('tag = absent') && { hints: ['No image has the tag "absent".'] }),
      };
    }
    case 'rows':
      return Array.from({ length: params.count }, (_, i) => row(itemAt(params.list, params.from + i)));
    case 'row': {
      const items = params.list === undefined ? undefined : lists.get(params.list);
      const position = items ? items.indexOf(params.item) : params.item;
      return { row: row(params.item), ...(position >= 0 && { position }) };
    }
    case 'pictures':
      return params.items.map(picture);
    case 'histograms':
      return histogramsOf(setup, find(params.query) ?? Array.from({ length: 5_000 }, (_, i) => i), params.bins);
    case 'classes':
      return classesOf(setup);
    case 'atlas':
      return params.indices.map((index) => atlasOf(params.by, index));
    case 'clusters':
      if (!setup.clusters) return [];
      return clusterSets(setup, params.by, setup.clusters === 'outdated', setup.clusters === 'untested');
    case 'scatter':
      return scatterOf(setup, params.set);
    case 'compare':
      return comparisonOf(setup, params.a, params.b);
    case 'trend':
      return trendOf(setup);
    case 'repairs':
      return repairs;
    case 'repairMaps':
      return watchedMaps(repairs.find((each) => each.repair === params.repair)!, setup);
    case 'repair': {
      if (setup.refuses !== undefined) throw new Error(setup.refuses);
      const { version, ...choice } = params;
      const repair = repairs.length + 1;
      repairs = [...repairs, { ...repairOf(repair, 0), ...choice, version }];
      return { work: 20 + repair, repair };
    }
    case 'accuracyByGroup':
      return GROUPS;
    case 'nameVersion':
      if (versions().some(({ name: taken }) => taken === params.name)) throw new Error(`${params.name} is taken.`);
      changed.set(params.version, { ...changed.get(params.version), name: params.name });
      say({ type: 'info', info: info() });
      return {};
    case 'pinVersion':
      changed.set(params.version, { ...changed.get(params.version), pinned: params.pinned });
      say({ type: 'info', info: info() });
      return {};
    case 'tag': {
      const ranges = params.of.ranges ?? [[0, countOf(params.of.list)]];
      const items = ranges.flatMap(([from, to]) =>
        Array.from({ length: to - from }, (_, i) => itemAt(params.of.list, from + i)),
      );
      const set = tagged.get(params.tag) ?? new Set();
      const before = new Set(set);
      tagged.set(params.tag, set);
      for (const item of items) params.on ? set.add(item) : set.delete(item);
      undo.push(() => tagged.set(params.tag, before));
      say({ type: 'info', info: info() });
      return { changed: items.length };
    }
    case 'undo': {
      const back = undo.pop();
      back?.();
      say({ type: 'info', info: info() });
      return { undone: back ? 'tag' : '' };
    }
    case 'tagKey':
      if (!tagged.has(params.tag)) tagged.set(params.tag, new Set());
      if (params.key) keys.set(params.tag, params.key);
      else keys.delete(params.tag);
      say({ type: 'info', info: info() });
      return {};
    case 'saveView':
      views.push(params.view);
      say({ type: 'info', info: info() });
      return {};
    case 'removeView':
      views.splice(
        views.findIndex((view) => view.name === params.name),
        1,
      );
      say({ type: 'info', info: info() });
      return {};
    default:
      return {};
  }
}

type Told =
  | FromDatasetPage
  | { readonly type: 'setup'; readonly setup: Setup; readonly work?: readonly Work[]; readonly tags?: TagInfo[] }
  /** More of the sweep is done. */
  | { readonly type: 'advance'; readonly done: number }
  /** The search for clusters is over. */
  | { readonly type: 'found' }
  /** Other setup from now on; with another number of versions the last one was found by the watch. */
  | { readonly type: 'change'; readonly to: Partial<Setup> };

addEventListener('message', async ({ data }: MessageEvent<Told>) => {
  if (data.type === 'setup') {
    ({ setup } = data);
    repairs = setup.repairs ?? [];
    for (const { name, key } of data.tags ?? []) {
      tagged.set(name, new Set());
      if (key) keys.set(name, key);
    }
    pngs = await makePictures(setup.side ?? 32);
    say({ type: 'info', info: info() });
    say({ type: 'work', work: data.work ?? [] });
    if (setup.walked !== undefined) say({ type: 'walked', item: setup.walked });
    heard(data.type);
  } else if (data.type === 'advance') {
    setup = { ...setup, done: data.done };
    const [version] = info().versions;
    say({ type: 'rows', version: 1, done: version!.done, failed: version!.failed });
    heard(data.type);
  } else if (data.type === 'findClusters') {
    const work = { id: 9, kind: 'clusters', version: 1, state: 'running', done: 3, total: 10, failed: 0 } as const;
    say({ type: 'work', work: [work] });
  } else if (data.type === 'found') {
    setup = { ...setup, clusters: 'found' };
    say({ type: 'work', work: [] });
    say({ type: 'info', info: info() });
  } else if (data.type === 'change') {
    const before = setup.versions;
    setup = { ...setup, ...data.to };
    say({ type: 'info', info: info() });
    if (setup.versions !== before) say({ type: 'added', version: versions().at(-1)!.id });
    heard(data.type);
  } else if (data.type === 'output') {
    const output = data.choose ? '/models/chosen.onnx' : data.output || '/models/resnet20-repaired.onnx';
    const fault = setup.outputFault;
    say({ type: 'output', version: data.version, output, ...(fault !== undefined && !data.choose && { fault }) });
  } else if (data.type === 'ask') {
    if (setup.delay) await new Promise((done) => setTimeout(done, setup.delay));
    try {
      const result = packed(data.asked.name, answer(data.id, data.asked));
      say({ type: 'reply', id: data.id, result }, result as object);
    } catch (thrown) {
      say({ type: 'failure', id: data.id, message: (thrown as Error).message });
    }
  }
});
