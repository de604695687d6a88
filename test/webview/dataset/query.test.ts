/** What buttons make of a query, and what may follow in its text. */
import assert from 'node:assert/strict';
import { parseQuery } from '../../../src/core/query/parse';
import { printQuery } from '../../../src/core/query/print';
import { barsOf, binOf, edge, edgesOf, rangeOfEdges } from '../../../webview/dataset/bar/brush';
import { chipText } from '../../../webview/dataset/query/chip-text';
import { complete } from '../../../webview/dataset/query/complete';
import {
  cellQuery,
  chipsOf,
  isLive,
  isOfClusters,
  rangeOf,
  toggleFlag,
  withCondition,
  withOrder,
  without,
  withRange,
} from '../../../webview/dataset/query/edit';
import { placeOf } from '../../../webview/dataset/query/fault';
import { parsedOf } from '../../../webview/dataset/query/parsed';

describe('changes of a query by buttons', () => {
  const change = (text: string, by: (query: ReturnType<typeof parseQuery>) => ReturnType<typeof parseQuery>) =>
    printQuery(by(parseQuery(text)));

  it('keep what they do not mean', () => {
    const text = 'wrong and p < 0.5 order by loss desc limit 50';
    assert.equal(
      change(text, (q) => without(q, 0)),
      'p < 0.5 order by loss desc limit 50',
    );
    assert.equal(
      change(text, (q) => toggleFlag(q, 'wrong')),
      'p < 0.5 order by loss desc limit 50',
    );
    assert.equal(
      change(text, (q) => toggleFlag(q, 'correct')),
      'p < 0.5 and correct order by loss desc limit 50',
    );
    assert.equal(
      change(text, (q) => withOrder(q, undefined)),
      'wrong and p < 0.5 limit 50',
    );
    assert.equal(
      change('', (q) => toggleFlag(q, 'wrong')),
      'wrong',
    );
    assert.equal(
      change('wrong or failed', (q) => withCondition(q, { kind: 'tag', is: true, name: 'a b' })),
      '(wrong or failed) and tag = "a b"',
    );
    assert.equal(
      change('wrong', (q) => withCondition(q, { kind: 'flag', flag: 'wrong' })),
      'wrong',
    );
  });

  it('make of a brushed part two conditions, in the place of the earlier ones', () => {
    const brushed = change('wrong and loss > 3', (q) => withRange(q, 'loss', { from: 0.5, to: 2 }));
    assert.equal(brushed, 'wrong and loss >= 0.5 and loss <= 2');
    assert.deepEqual(rangeOf(parseQuery(brushed), 'loss'), { from: 0.5, to: 2 });
    assert.equal(
      change(brushed, (q) => withRange(q, 'loss', {})),
      'wrong',
    );
    assert.deepEqual(rangeOf(parseQuery('wrong'), 'loss'), { from: undefined, to: undefined });
  });

  it('find a cell of the confusion matrix, whatever its classes are called', () => {
    assert.equal(printQuery(cellQuery('cat', 'ice cream')), 'true = cat and predicted = "ice cream"');
    const odd = printQuery(cellQuery('a "b" \\ and (c)', ''));
    assert.deepEqual(parseQuery(odd), cellQuery('a "b" \\ and (c)', ''));
  });

  it('are shown as chips in plain words', () => {
    const texts = chipsOf(parseQuery('true = cat and tag != "to do" and p < 0.5 and path ~ "val/"')).map(chipText);
    assert.deepEqual(texts, ['true: cat', 'tag is not to do', 'p < 0.5', 'path ~ "val/"']);
    const clusters = chipsOf(parseQuery('cluster = "truck 1" and cluster != "a 2" and lasso = "truck: 0 0, 1 0, 1 1"'));
    assert.deepEqual(clusters.map(chipText), ['cluster: truck 1', 'cluster is not a 2', 'lasso in truck']);
    assert.deepEqual(chipsOf(parseQuery('wrong or failed')).map(chipText), ['wrong or failed']);
  });

  it('tell which lists may change while the sweep runs', () => {
    for (const text of ['wrong', 'true = cat and not correct', 'order by loss', 'predicted = cat', 'p > 0.1']) {
      assert.ok(isLive(parseQuery(text)), text);
    }
    for (const text of ['', 'true = cat', 'tag = a order by path desc', 'path ~ "x" and not duplicate', 'limit 5']) {
      assert.ok(!isLive(parseQuery(text)), text);
    }
  });

  it('tell which lists may change while clusters are searched', () => {
    for (const text of ['cluster = "cat 1"', 'wrong and not (tag = a or lasso = "cat: 0 0, 1 0, 1 1")'])
      assert.ok(isOfClusters(parseQuery(text)), text);
    for (const text of ['', 'wrong', 'predicted = cat order by loss', 'p > 0.1 or tag = a'])
      assert.ok(!isOfClusters(parseQuery(text)), text);
  });
});

describe('the place of a fault', () => {
  it('is the one that the parser names', () => {
    const text = 'wrong and los > 2';
    const parsed = parsedOf(text);
    assert.ok('fault' in parsed);
    const { at, reason } = placeOf(text, parsed.fault);
    assert.equal(at, text.indexOf('los'));
    assert.match(reason, /did you mean loss/);
  });
  it('is unknown of other messages', () => {
    assert.deepEqual(placeOf('wrong', 'the disk is full'), { reason: 'the disk is full' });
  });
});

describe('completion', () => {
  const WORDS = {
    labels: ['cat', 'dog', 'ice cream', 'tomcat'],
    categories: ['cat', 'dog'],
    tags: ['relabel', 'to do'],
    splits: ['train', 'val'],
    clusters: ['truck 2', 'truck 1', 'frog 1'],
    versions: ['net', 'net@2'],
  };
  /** The text with its cursor at |. */
  const offered = (marked: string) => {
    const cursor = marked.indexOf('|');
    const text = marked.replace('|', '');
    const { from, to, options } = complete(text, cursor, WORDS);
    return { replaced: text.slice(from, to), options: options.map(({ text: option }) => option) };
  };
  for (const [text, replaced, options] of [
    ['wr|', 'wr', ['wrong']],
    ['cluster = |', '', ['"truck 2"', '"truck 1"', '"frog 1"']],
    ['wrong and cluster = "tr|', '"tr', ['"truck 2"', '"truck 1"']],
    ['wrong |', '', ['and', 'or', 'order by', 'limit', 'in']],
    ['duplicate |', '', ['and', 'or', 'order by', 'limit']],
    ['wrong in |', '', ['net', '"net@2"']],
    ['wrong in "net@|', '"net@', ['"net@2"']],
    ['wrong in net |', '', ['and', 'or', 'order by', 'limit']],
    ['shi|', 'shi', ['shift from']],
    ['shift |', '', ['from']],
    ['shift from n|', 'n', ['net', '"net@2"']],
    ['shift from "net@2" |', '', ['>']],
    ['shift from net > 0.5 |', '', ['and', 'or', 'order by', 'limit']],
    ['order by sh|', 'sh', ['shift from']],
    ['order by shift from |', '', ['net', '"net@2"']],
    ['order by shift from "net@2" |', '', ['desc', 'limit']],
    ['wrong an|', 'an', ['and']],
    ['true = |', '', ['cat', 'dog']],
    ['predicted = ca|', 'ca', ['cat', 'tomcat']],
    ['predicted = "ice c|', '"ice c', ['"ice cream"']],
    ['wrong and tag = t|', 't', ['"to do"']],
    ['split != v|', 'v', ['val']],
    ['order by lo|', 'lo', ['loss']],
    ['order by loss |', '', ['desc', 'limit']],
    ['(wrong and fa|', 'fa', ['failed']],
  ] as const) {
    it(`after ${text}`, () => assert.deepEqual(offered(text), { replaced, options: [...options] }));
  }

  it('offers nothing but what the parser reads', () => {
    for (const start of ['', 'wrong and ', 'not ']) {
      for (const option of offered(`${start}|`).options) {
        const ends: Readonly<Record<string, string>> = { not: ' wrong', 'shift from': ' net > 0.5' };
        const end = /[<=~]$/.test(option) ? ' 1' : (ends[option] ?? '');
        parseQuery(`${start}${option}${end}`);
      }
    }
  });
});

describe('brushes', () => {
  const shape = { lo: 0, hi: 6, bins: 40 };
  it('bound nothing at the ends of a histogram', () => {
    assert.deepEqual(rangeOfEdges(shape, 0, 40), { from: undefined, to: undefined });
    assert.deepEqual(rangeOfEdges(shape, 20, 10), { from: 1.5, to: 3 });
    assert.deepEqual(edgesOf(shape, { from: 1.5, to: undefined }), [10, 40]);
  });
  it('have edges that read well and are found again', () => {
    for (let bin = 0; bin <= 40; bin++) {
      assert.equal(binOf(shape, edge(shape, bin)), bin);
      assert.ok(Math.abs(edge(shape, bin) - (bin * 6) / 40) < 0.01);
      assert.ok(String(edge(shape, bin)).length <= 5);
    }
  });
  it('lie over bars, of which even a single image is seen', () => {
    const heights = [...barsOf([0, 1, 1000]).matchAll(/V([\d.]+)H/g)].map((match) => 1 - Number(match[1]));
    assert.equal(heights.length, 2);
    assert.ok(heights[0]! >= 0.03 && heights[1] === 1);
  });
});
