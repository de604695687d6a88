/** What is said of clusters, and in which order they are shown. */
import assert from 'node:assert/strict';
import { parseQuery } from '../../../../src/core/query/parse';
import { type ClusterInfo, type ClusterSet, largeClasses } from '../../../../src/protocol/clusters';
import { clustersQuery, lassoIn, lassoQuery } from '../../../../webview/dataset/clusters/queries';
import {
  clustersOf,
  factsOf,
  lackingText,
  setFacts,
  summaryOf,
  suspectsOf,
} from '../../../../webview/dataset/clusters/sets';
import { clusterNames } from '../../../../webview/dataset/clusters/state';
import { runInfo } from '../../../extension/dataset/fake-runner';
import { mapOf } from '../support/data';

const cluster = (name: string, score?: number, suspicious = false): ClusterInfo => ({
  name,
  size: 1,
  map: mapOf(0),
  examples: [],
  ...(score !== undefined && { suspicion: { suspicious, score, reasons: ['A reason.'], hidden: '' } }),
});
const set = (name: string, clusters: readonly ClusterInfo[], rest: Partial<ClusterSet> = {}): ClusterSet => ({
  ...{ name, by: 'predicted', class: 0, images: 1_200, blank: 0, outdated: false, clusters },
  ...rest,
});

const TRUCK = set('truck', [cluster('truck 1', 0.9), cluster('truck 2', 2.3, true), cluster('truck 3', 1.4, true)]);
const SHIP = set('ship', [cluster('ship 1', 0.2), cluster('ship 2', 1.9, true)]);
const FROG = set('frog', [cluster('frog 1', 0.95), cluster('frog 2')]);

describe('sets of clusters', () => {
  it('suspicious clusters come first across classes, by their scores', () => {
    const names = suspectsOf([TRUCK, SHIP, FROG]).map((suspect) => `${suspect.set.name}: ${suspect.cluster.name}`);
    assert.deepEqual(names, ['truck: truck 2', 'ship: ship 2', 'truck: truck 3']);
  });

  it('within a set a suspicious one of a low score comes before others, and one of no score last', () => {
    const companion = set('x', [cluster('a'), cluster('b', 0.9), cluster('c', 0.85, true)]);
    assert.deepEqual(
      clustersOf(companion).map(({ name }) => name),
      ['c', 'b', 'a'],
    );
  });

  it('sentences count clusters and name the classes', () => {
    assert.equal(summaryOf([TRUCK, SHIP, FROG]), '7 clusters in 3 classes; 3 are suspicious, in truck, ship.');
    assert.equal(summaryOf([set('frog', [cluster('frog 1', 0.1)])]), '1 cluster in 1 class; none is suspicious.');
    assert.match(summaryOf([FROG]), /Whether 1 of them are suspicious is not known/);
    assert.match(summaryOf([set('frog', [cluster('frog 1')])]), /Whether they are suspicious is not known/);
  });

  it('a set says what is in it, also blank maps and that it is outdated', () => {
    assert.equal(
      setFacts({ ...TRUCK, blank: 3, outdated: true }),
      '1,200 images, 3 clusters, 3 with a blank map, outdated',
    );
    assert.equal(factsOf({ ...cluster('a'), size: 47, accuracy: 0.9574 }), '47 images, 95.7 % right');
    assert.equal(factsOf(cluster('a')), '1 image');
  });

  it('outdated sets are named, at most three of them', () => {
    const old = (name: string) => set(name, [], { outdated: true });
    assert.equal(lackingText([TRUCK, SHIP], 2, true), '');
    const judged = { suspicious: false, score: 0, reasons: [], hidden: '', byOlderRule: true };
    const older = { ...SHIP, clusters: SHIP.clusters.map((cluster) => ({ ...cluster, suspicion: judged })) };
    assert.equal(
      lackingText([TRUCK, older], 2, true),
      'Of some clusters it was judged by an older rule whether they are suspicious. Finding them again judges by the rule of now.',
    );
    assert.match(lackingText([old('a'), SHIP, old('b')], 9, true), /^Images of a, b have changed/);
    assert.match(lackingText([SHIP, ...['a', 'b', 'c', 'd', 'e'].map(old)], 9, true), /^Images of a, b, c and 2 more/);
    assert.match(lackingText([old('a'), old('b')], 9, true), /^Images have changed/);
  });

  it('classes without clusters are counted, and clusters that were not tried are offered where the model can be run', () => {
    assert.match(lackingText([TRUCK, SHIP], 3, true), /^1 class has enough images/);
    assert.equal(lackingText([TRUCK, SHIP], undefined, true), '');
    assert.match(lackingText([FROG], 1, true), /^Of some clusters/);
    assert.equal(lackingText([FROG], 1, false), '');
  });

  it('classes are large by the images that are computed, of a category or predicted as a class', () => {
    const confusion = { columns: [4, 7, 9], counts: Uint32Array.from([20, 1, 0, 0, 5, 30, 3, 0, 40]) };
    const categories = [0, 1].map((category) => ({ category, count: 99, predicted: 0, correct: 0 }));
    assert.deepEqual(largeClasses({ categories, confusion }, 'true'), [0, 1]);
    assert.deepEqual(largeClasses({ categories, confusion }, 'predicted'), [4, 9]);
  });

  it('names of clusters are those of the version, the suspicious ones first and each once', () => {
    const info = runInfo({ clusters: [{ version: 1, sets: 3, suspicious: ['truck 2', 'ship 2'] }] });
    const known = { version: 1, by: 'predicted', sets: [SHIP] } as const;
    assert.deepEqual(clusterNames(info, 1, known), ['truck 2', 'ship 2', 'ship 1']);
    assert.deepEqual(clusterNames(info, 2, known), []);
    assert.deepEqual(clusterNames(undefined, undefined, undefined), []);
  });
});

describe('queries of clusters', () => {
  it('are read back as they were meant, whatever the names', () => {
    const name = 'true "ice cream", 50 % \\ 2';
    assert.deepEqual(parseQuery(clustersQuery([name])).where, { kind: 'cluster', is: true, name });
    assert.equal(clustersQuery(['truck 1', 'frog 2']), 'cluster = "truck 1" or cluster = "frog 2"');
    assert.equal(clustersQuery([]), '');
  });
  it('a lasso is found again in the query, on the plane of its set alone', () => {
    const corners = [
      [0, 0],
      [1.02, -0.01],
      [0.5, 0.987],
    ] as const;
    const query = parseQuery(`${lassoQuery('truck: new', corners)} and wrong`);
    assert.deepEqual(lassoIn(query, 'truck: new'), corners);
    assert.equal(lassoIn(query, 'truck'), undefined);
    assert.equal(lassoIn(undefined, 'truck'), undefined);
  });
});
