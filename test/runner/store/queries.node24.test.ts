/** Filters and orders of a run file, against the same computed from its rows one by one. */
import assert from 'node:assert/strict';
import { parseQuery } from '../../../src/core/query/parse';
import type { Condition, Corner, NumberName } from '../../../src/core/query/query';
import type { Row } from '../../../src/protocol/dataset';
import type { NewClusterSet } from '../../../src/runner/store/clusters/form';
import { NONE } from '../../../src/runner/store/clusters/records';
import type { RunFile } from '../../../src/runner/store/form';
import { testFolder } from '../../support/folder';
import { CATEGORIES, CLASSES, LABELS, made, madeAgain, NO_EVENTS, rowsOf, SIGNAL } from './made';
import { setOf } from './made-clusters';
import { passes } from './passes';
import { shiftsOf } from './shifts';

const COUNT = 2500;

function numberOf(row: Row, name: NumberName): number | undefined {
  if (name === 'p') return row.top?.[0]?.[1];
  if (name === 'loss' || name === 'margin' || name === 'entropy') return row[name];
  return row.map?.[name];
}

const named = (index: number, name: string) => LABELS[index] === name || LABELS[index]!.split(', ').includes(name);

/** Rows of the version `night 1`, and the shifts from it, by item. */
interface Other {
  readonly rows: ReadonlyMap<number, Row>;
  readonly shifts: ReadonlyMap<number, number>;
}

function holds(row: Row, condition: Condition, other: Other): boolean {
  switch (condition.kind) {
    case 'flag': {
      const { state, correct, duplicateOf, map } = condition.in === 'night 1' ? other.rows.get(row.item)! : row;
      return {
        wrong: correct === false,
        correct: correct === true,
        failed: state === 'failed',
        waiting: state === 'waiting',
        duplicate: duplicateOf !== undefined,
        hit: map?.hit === true,
      }[condition.flag];
    }
    case 'number':
      return passes(numberOf(row, condition.name), condition);
    case 'shift':
      return passes(condition.from === 'night 1' ? other.shifts.get(row.item) : undefined, condition);
    case 'class': {
      const { name, is } = condition;
      if (condition.of === 'predicted') {
        const [best] = row.top ?? [];
        if (!best) return false;
        const meant = CLASSES[CATEGORIES.indexOf(name)] ?? [];
        return (named(best[0], name) || meant.includes(best[0])) === is;
      }
      if (name === '') return (row.categories.length === 0) === is;
      const means = (category: number) =>
        CATEGORIES[category] === name || CLASSES[category]!.some((index) => named(index, name));
      return row.categories.some(means) === is;
    }
    case 'tag':
      return row.tags.includes(condition.name) === condition.is;
    case 'split':
      return (row.split === condition.name) === condition.is;
    case 'path':
      return row.path.includes(condition.text) === condition.contains;
    case 'not':
      return !holds(row, condition.condition, other);
    case 'and':
      return condition.conditions.every((part) => holds(row, part, other));
    case 'cluster':
      return (clusterOf(row) === condition.name) === condition.is;
    case 'lasso':
      return isInside(condition.corners, placeOf(row, condition.set)) === condition.is;
    default:
      return condition.conditions.some((part) => holds(row, part, other));
  }
}

/** What the clusters are that `prepare` writes. */
let sets: readonly NewClusterSet[] = [];
const nameOf = ({ class: index, by }: NewClusterSet) => (by === 'true' ? `true ${CATEGORIES[index]}` : LABELS[index]!);

/** A row is in a cluster by the predicted class and in some by the true one; asked for is one of the former. */
function clusterOf({ item }: Row): string | undefined {
  for (const set of sets) {
    const n = set.items.indexOf(item);
    if (set.by === 'predicted' && n >= 0 && set.cluster[n] !== NONE) return `${nameOf(set)} ${set.cluster[n]! + 1}`;
  }
  return undefined;
}

function placeOf({ item }: Row, name: string): Corner | undefined {
  const set = sets.find((each) => nameOf(each) === name)!;
  const n = set.items.indexOf(item);
  return n < 0 ? undefined : [set.places[2 * n]!, set.places[2 * n + 1]!];
}

/** By the angles between the corners, as seen from the place: they add up to a full turn inside, and to 0 outside. */
function isInside(corners: readonly Corner[], place: Corner | undefined): boolean {
  if (!place) return false;
  const angle = ([x, y]: Corner) => Math.atan2(y - place[1], x - place[0]);
  const turned = corners.reduce((sum, corner, i) => {
    const by = angle(corners[(i + 1) % corners.length]!) - angle(corner);
    return sum + by - 2 * Math.PI * Math.round(by / (2 * Math.PI));
  }, 0);
  return Math.abs(turned) > Math.PI;
}

function expected(all: readonly Row[], query: string, other: Other): readonly Row[] {
  const { where, order, limit } = parseQuery(query);
  const found = all.filter((row) => !where || holds(row, where, other)).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (order?.by === 'path') return (order.descending ? found.reverse() : found).slice(0, limit);
  if (!order) return found.slice(0, limit);
  const by = order.by;
  const value = (row: Row) => (by === 'shift' ? other.shifts.get(row.item) : numberOf(row, by));
  const known = found.filter((row) => value(row) !== undefined);
  const sign = order.descending ? -1 : 1;
  known.sort((a, b) => sign * (value(a)! - value(b)!));
  return [...known, ...found.filter((row) => value(row) === undefined)].slice(0, limit);
}

const NUMBERS = ['p', 'loss', 'margin', 'entropy', 'border', 'spread', 'energy', 'agreement'] as const;
const QUERIES = [
  '',
  'wrong',
  'correct',
  'failed',
  'waiting',
  'duplicate',
  'hit',
  'not hit and not waiting',
  'true = cat',
  'true = cats',
  'true = none',
  'true != dog',
  'true = ""',
  'true != ""',
  'predicted = "ice cream"',
  'predicted = icecream',
  'predicted = ice',
  'predicted != bird',
  'predicted = none',
  'tag = relabel',
  'tag != relabel',
  'tag = absent',
  'split = val',
  'split != train',
  'path ~ "val/"',
  'path ~ "%"',
  'path !~ 00',
  'wrong and (p > 0.8 or loss > 2) and not path ~ val',
  'margin = 0.25',
  'margin != 0.25',
  'wrong order by loss desc limit 50',
  'order by path desc limit 7',
  'limit 0',
  'cluster = "dog 1"',
  'cluster = "dog 3" and wrong',
  'cluster != "ice cream, icecream 2"',
  'not cluster = "dog 2" order by loss desc limit 20',
  'lasso = "dog: 0.1 0.2, 0.5 0.2, 0.4 0.9"',
  'lasso != "dog: 0.1 0.2, 0.5 0.2, 0.4 0.9"',
  // Not convex, and the other way round.
  'lasso = "dog: 0 0, 0 1, 1 1, 1 0, 0.5 0.7"',
  'lasso = "true dog: 0.2 0.1, 0.9 0.1, 0.9 0.8, 0.2 0.8"',
  'lasso = "ice cream, icecream: 0 0, 1e-9 0, 0 1e-9"',
  'wrong in "night 1"',
  'correct in "night 1" and wrong',
  'failed in "night 1"',
  'waiting in "night 1"',
  'not hit in "night 1" and correct in net',
  'shift from "night 1" > 0.5',
  'shift from "night 1" <= 0.9 and not shift from "night 1" < 0.4',
  'shift from "night 1" != 1',
  'not shift from "night 1" >= 0',
  'order by shift from "night 1"',
  'wrong in "night 1" order by shift from "night 1" desc',
  'order by shift from "night 1" desc limit 9',
  ...NUMBERS.flatMap((name) => [
    `${name} < 0.5`,
    `${name} <= 0.5`,
    `${name} >= 0.3`,
    `${name} > 0.3`,
    `order by ${name}`,
    `order by ${name} desc`,
  ]),
];

describe('queries of a run file', () => {
  const folder = testFolder();
  let run: RunFile;
  let all: readonly Row[];
  let other: Other;

  async function prepare(): Promise<void> {
    run = await made(folder.at('r.groupcam'), COUNT, 300);
    await run.updateAgreement(1, SIGNAL);
    const { list } = await run.list({ version: 1, query: '', first: 0 }, NO_EVENTS);
    run.tag(
      {
        version: 1,
        of: {
          list,
          ranges: [
            [10, 900],
            [1500, 1501],
          ],
        },
        tag: 'relabel',
        on: true,
      },
      NO_EVENTS,
    );
    sets = [setOf(run, 'predicted', 2), setOf(run, 'predicted', 1, [0.2, 0.4]), setOf(run, 'true', 1)];
    for (const set of sets) run.clusters.commit(1, set);
    const night = madeAgain(run, 1, 200, { name: 'night 1' });
    await run.updateShifts(
      night,
      1,
      async () => {},
      () => {},
    );
    all = await rowsOf(run, '');
    const rows = new Map((await rowsOf(run, '', night)).map((row) => [row.item, row]));
    other = { rows, shifts: shiftsOf(run, night, 1, all, rows) };
  }

  it('have the rows and the order that a plain computation gives', async () => {
    await prepare();
    assert.equal(all.length, COUNT);
    assert.ok(QUERIES.length > 70);
    for (const query of QUERIES) {
      const found = await rowsOf(run, query);
      assert.deepEqual(
        found.map(({ path }) => path),
        expected(all, query, other).map(({ path }) => path),
        query,
      );
    }
    run.close();
  });

  it('give their first rows before the order is known', async () => {
    await prepare();
    for (const query of [
      'order by loss desc',
      'wrong order by margin',
      'order by agreement',
      'path ~ val',
      'order by p limit 3',
    ]) {
      const shown: Row[][] = [];
      const emit = (_: string, rows: readonly Row[]) => void shown.push([...rows]);
      await run.list({ version: 1, query, first: 200 }, { signal: SIGNAL, emit });
      assert.deepEqual(shown, [expected(all, query, other).slice(0, 200)], query);
    }
    run.close();
  });

  it('are as they were made while rows change; the last sixteen are kept', async () => {
    await prepare();
    const first = await run.list({ version: 1, query: 'waiting', first: 0 }, NO_EVENTS);
    assert.equal(first.count, 300);
    const again = await run.list({ version: 1, query: 'waiting', first: 0 }, NO_EVENTS);
    assert.deepEqual(again, first);
    run.tag({ version: 1, of: { list: first.list }, tag: 'x', on: true }, NO_EVENTS);
    assert.notEqual((await run.list({ version: 1, query: 'waiting', first: 0 }, NO_EVENTS)).list, first.list);
    for (let i = 0; i < 16; i++) await run.list({ version: 1, query: `limit ${i}`, first: 0 }, NO_EVENTS);
    assert.throws(() => run.rows({ version: 1, list: first.list, from: 0, count: 1 }, NO_EVENTS), {
      code: 'list-forgotten',
    });
    run.close();
  });

  it('are refused with the place of a fault, and cancelled', async () => {
    await prepare();
    await assert.rejects(rowsOf(run, 'wrng'), { code: 'query-invalid' });
    const aborted = { signal: { aborted: true }, emit: () => {} };
    const list = Promise.resolve(run.list({ version: 1, query: 'order by loss', first: 0 }, aborted));
    // A list that is ready before the first pause is given all the same.
    await list.catch((thrown) => assert.equal(thrown.code, 'cancelled'));
    run.close();
  });

  it('tell the position of a row', async () => {
    await prepare();
    const { list } = await run.list({ version: 1, query: 'order by loss desc', first: 0 }, NO_EVENTS);
    const [, , third] = await run.rows({ version: 1, list, from: 0, count: 3 }, NO_EVENTS);
    assert.deepEqual(run.row({ version: 1, item: third!.item, list }, NO_EVENTS), { row: third, position: 2 });
    run.close();
  });
});
