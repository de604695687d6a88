/** Errors about data from outside, each in one line. */
import assert from 'node:assert/strict';
import * as v from 'valibot';
import { fields, finite, lenient, numbers, onlyFields, parseJson, read, record } from '../../src/core/schema';

const SCHEMA = fields({
  name: v.pipe(v.string(), v.nonEmpty()),
  kind: v.picklist(['map', 'curve']),
  maps: v.array(fields({ scores: numbers, blank: v.boolean() })),
  more: v.exactOptional(onlyFields({ seed: finite })),
});
const DATA = { name: 'a', kind: 'map', maps: [{ scores: [1, 2], blank: false }] };

describe('schema', () => {
  it('gives what it names and leaves the rest out', () => {
    const found = read(SCHEMA, { ...DATA, other: 1, maps: [{ ...DATA.maps[0], other: 1 }] });
    assert.deepEqual(found, { value: DATA });
  });

  const flaws: readonly (readonly [data: unknown, line: string])[] = [
    [[], 'must be an object, found []'],
    [null, 'must be an object, found null'],
    [undefined, 'must be an object, found undefined'],
    [{ ...DATA, name: 5 }, 'name: must be a text, found 5'],
    [{ ...DATA, name: '' }, 'name: must be a text, found ""'],
    [{ ...DATA, kind: 'maps' }, 'kind: must be "map" or "curve", found "maps"'],
    [{ ...DATA, maps: {} }, 'maps: must be a list, found {}'],
    [{ ...DATA, maps: undefined }, 'maps: must be a list, found undefined'],
    [{ name: 'a', kind: 'map' }, 'maps: is missing, must be a list'],
    [{ ...DATA, maps: [DATA.maps[0], { scores: [3] }] }, 'maps[1].blank: is missing, must be true or false'],
    [
      { ...DATA, maps: [{ scores: [1, null], blank: true }] },
      'maps[0].scores: must be a list of numbers, found [1,null]',
    ],
    [{ ...DATA, more: [] }, 'more: must be an object, found []'],
    [{ ...DATA, more: { seed: Number.POSITIVE_INFINITY } }, 'more.seed: must be a number, found Infinity'],
    [{ ...DATA, more: { seed: 1, sed: 2 } }, 'unknown key more.sed; known are seed'],
    [{ ...DATA, name: ['x'.repeat(80)] }, `name: must be a text, found ["${'x'.repeat(58)}`],
  ];
  for (const [data, line] of flaws)
    it(`says "${line}"`, () => {
      const found = read(SCHEMA, data);
      assert.ok('flaw' in found);
      assert.equal(found.flaw.line, line);
    });

  it('a flaw knows what it lies in', () => {
    const data = { ...DATA, maps: [{ scores: [1] }] };
    const found = read(SCHEMA, data);
    assert.ok('flaw' in found);
    assert.deepEqual(found.flaw.within, [data, data.maps, data.maps[0]]);
    assert.equal(found.flaw.within[2], data.maps[0]);
  });

  it('text that is no JSON is a flaw too', () => {
    const parse = (text: string) => parseJson(record, text, ({ line }) => new Error(line));
    assert.deepEqual(parse('{"a": 1}'), { a: 1 });
    assert.throws(() => parse('{"a": '), /^Error: not JSON: Unexpected end/);
    assert.throws(() => parse('[]'), /^Error: must be an object, found \[\]$/);
  });

  it('a lenient value of another kind counts as absent', () => {
    const schema = fields({ size: lenient(finite), mean: lenient(numbers) });
    for (const data of [{}, { size: '224', mean: [1, 'a'] }, { size: null, mean: 0 }]) {
      const found = read(schema, data);
      assert.ok('value' in found);
      assert.deepEqual([found.value.size, found.value.mean], [undefined, undefined]);
    }
    assert.deepEqual(read(schema, { size: 224, mean: [0] }), { value: { size: 224, mean: [0] } });
  });
});
