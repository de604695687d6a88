import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseQuery } from '../../../src/core/query/parse';
import { printQuery } from '../../../src/core/query/print';
import { COMPARISONS, type Condition, FLAGS, NUMBERS, type Query } from '../../../src/core/query/query';
import { thrownBy } from './thrown';

const flag = (name: (typeof FLAGS)[number]): Condition => ({ kind: 'flag', flag: name });
const wrong = flag('wrong');
const low: Condition = { kind: 'number', name: 'p', comparison: '<', value: 0.5 };
const cat: Condition = { kind: 'class', of: 'true', is: true, name: 'cat' };

const MEANINGS: Readonly<Record<string, Query>> = {
  '': {},
  '  \n ': {},
  wrong: { where: wrong },
  'WRONG AND P < .5': { where: { kind: 'and', conditions: [wrong, low] } },
  'true=cat': { where: cat },
  'predicted != "ice cream"': { where: { kind: 'class', of: 'predicted', is: false, name: 'ice cream' } },
  "predicted = 'a \\'b\\' \\\\ \\c'": { where: { kind: 'class', of: 'predicted', is: true, name: "a 'b' \\ \\c" } },
  "true = bird's": { where: { kind: 'class', of: 'true', is: true, name: "bird's" } },
  'true = ""': { where: { kind: 'class', of: 'true', is: true, name: '' } },
  'tag = and and split != val': {
    where: {
      kind: 'and',
      conditions: [
        { kind: 'tag', is: true, name: 'and' },
        { kind: 'split', is: false, name: 'val' },
      ],
    },
  },
  'path ~ "val/"': { where: { kind: 'path', contains: true, text: 'val/' } },
  'path !~ val': { where: { kind: 'path', contains: false, text: 'val' } },
  'loss >= -1e+2': { where: { kind: 'number', name: 'loss', comparison: '>=', value: -100 } },
  'wrong or p < 0.5 and true = cat': {
    where: { kind: 'or', conditions: [wrong, { kind: 'and', conditions: [low, cat] }] },
  },
  '(wrong or p < 0.5) and not not true = cat': {
    where: {
      kind: 'and',
      conditions: [
        { kind: 'or', conditions: [wrong, low] },
        { kind: 'not', condition: { kind: 'not', condition: cat } },
      ],
    },
  },
  'wrong in "last night"': { where: { kind: 'flag', flag: 'wrong', in: 'last night' } },
  'correct in net@2 and wrong': {
    where: { kind: 'and', conditions: [{ kind: 'flag', flag: 'correct', in: 'net@2' }, wrong] },
  },
  'cluster != "truck 1"': { where: { kind: 'cluster', is: false, name: 'truck 1' } },
  'lasso = "a: b: 0 0.5, 1 .5,0.25 1"': {
    where: {
      kind: 'lasso',
      is: true,
      set: 'a: b',
      corners: [
        [0, 0.5],
        [1, 0.5],
        [0.25, 1],
      ],
    },
  },
  'shift from "net@2" > 0.5 order by shift from net desc': {
    where: { kind: 'shift', from: 'net@2', comparison: '>', value: 0.5 },
    order: { by: 'shift', from: 'net', descending: true },
  },
  'order by loss desc': { order: { by: 'loss', descending: true } },
  'wrong order by path asc limit 50': { where: wrong, order: { by: 'path', descending: false }, limit: 50 },
  'limit 0': { limit: 0 },
};

const FAULTS: readonly (readonly [query: string, at: number, reason: RegExp])[] = [
  ['wrnog', 0, /did you mean wrong\?$/],
  ['wrong and los > 2', 10, /did you mean loss\?/],
  ['wrong xor hit', 6, /did you mean or\?/],
  ['zzzzzzzz', 0, /wanted a condition, such as/],
  ['wrong and', 9, /wanted a condition/],
  ['p 0.5', 2, /wanted <, <=, =, !=, >=, > after p/],
  ['shift > 0.5', 6, /wanted from and the name of a version after shift/],
  ['shift from a', 12, /wanted <, <=, =, !=, >=, > after the version/],
  ['duplicate in a', 10, /wanted and, or/],
  ['wrong in', 8, /wanted the name of a version/],
  ['lasso = "truck: 0 0, 1 1"', 8, /at least three corners/],
  ['order by shift desc', 15, /wanted from/],
  ['p < half', 4, /wanted a number/],
  ['p < 1e999', 4, /wanted a number/],
  ['true cat', 5, /wanted = or != after true/],
  ['true = ', 7, /wanted a name/],
  ['path = val', 5, /wanted ~ or !~ after path/],
  ['path !~ (', 8, /wanted a text, in quotes/],
  ['true = "ice', 7, /wanted a closing "/],
  ['(wrong', 6, /a closing bracket/],
  ['wrong)', 5, /wanted and, or, order by, limit, the end/],
  ['order loss', 6, /wanted by after order/],
  ['order by los', 9, /did you mean loss\?/],
  ['order by true', 9, /wanted p, loss/],
  ['limit -1', 6, /wanted a whole number/],
  ['limit 5 wrong', 8, /wanted the end/],
  ['limit 5 order by p', 8, /wanted the end/],
  ['p ! 3', 2, /wanted != or !~/],
];

describe('parseQuery', () => {
  for (const [text, meaning] of Object.entries(MEANINGS)) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseQuery(text), meaning));
  }

  for (const [text, at, reason] of FAULTS) {
    it(`points at the place in ${JSON.stringify(text)}`, () => {
      const { code, message } = thrownBy(() => parseQuery(text));
      assert.equal(code, 'query-invalid');
      assert.match(message, new RegExp(`at character ${at + 1} `));
      assert.match(message, reason);
    });
  }

  it('refuses brackets and chains of not that are too deep, and reads wide ones', () => {
    for (const deep of ['('.repeat(1e5), 'not '.repeat(1e5)])
      assert.match(thrownBy(() => parseQuery(deep)).message, /at most 100/);
    const wide = parseQuery(Array(10_000).fill('wrong').join(' or '));
    assert.equal(wide.where?.kind === 'or' && wide.where.conditions.length, 10_000);
  });

  it('ends with a query or one clear failure, whatever the text', () => {
    const words = fc.constantFrom(...FLAGS, ...NUMBERS, ...COMPARISONS, 'true', 'path', '~', '"', "'", '\\', '(', ')');
    const joined = fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(joined, (text) => {
        const found = attempt(text);
        if ('query' in found) assert.deepEqual(parseQuery(printQuery(found.query)), found.query);
        else assert.equal(found.code, 'query-invalid');
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what is printed as the same query', () => {
    fc.assert(
      fc.property(anyQuery(), (query) => assert.deepEqual(parseQuery(printQuery(query)), structuredClone(query))),
      { numRuns: 2000 },
    );
  });
});

function attempt(text: string): { readonly query: Query } | { readonly code: string } {
  let query: Query | undefined;
  const run = () => {
    query = parseQuery(text);
    throw new Error('it was read');
  };
  const { code } = thrownBy(run);
  return query ? { query } : { code };
}

function anyQuery(): fc.Arbitrary<Query> {
  const name = fc.string({ unit: 'binary' });
  const is = fc.boolean();
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('flag' as const), flag: fc.constantFrom(...FLAGS) }),
      fc.record({
        kind: fc.constant('flag' as const),
        flag: fc.constantFrom(...FLAGS.filter((flag) => flag !== 'duplicate')),
        in: name,
      }),
      fc.record({
        kind: fc.constant('shift' as const),
        from: name,
        comparison: fc.constantFrom(...COMPARISONS),
        value,
      }),
      fc.record({
        kind: fc.constant('lasso' as const),
        is,
        set: name,
        corners: fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 6 }),
      }),
      fc.record({
        kind: fc.constant('number' as const),
        name: fc.constantFrom(...NUMBERS),
        comparison: fc.constantFrom(...COMPARISONS),
        value,
      }),
      fc.record({
        kind: fc.constant('class' as const),
        of: fc.constantFrom('true' as const, 'predicted' as const),
        is,
        name,
      }),
      fc.record({ kind: fc.constantFrom('tag' as const, 'split' as const, 'cluster' as const), is, name }),
      fc.record({ kind: fc.constant('path' as const), contains: is, text: name }),
      fc.record({ kind: fc.constant('not' as const), condition: tie('condition') }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        conditions: fc.array(tie('condition'), { minLength: 2, maxLength: 4 }),
      }),
    ),
  }));
  const order = fc.oneof(
    fc.record({ by: fc.constantFrom(...NUMBERS, 'path' as const), descending: fc.boolean() }),
    fc.record({ by: fc.constant('shift' as const), from: name, descending: fc.boolean() }),
  );
  return fc.record({ where: condition, order, limit: fc.nat() }, { requiredKeys: [] });
}
