/** Clusters that were judged by another rule of what is suspicious than that of now: they say so, and are found again. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { clusterPlan } from '../../src/runner/plan/clusters';
import { openRunFile } from '../../src/runner/store/open';
import { testFolder } from '../support/folder';
import { made } from './store/made';
import { setOf } from './store/made-clusters';

describe('the rule by which clusters of a run file were judged', () => {
  const folder = testFolder();

  it('is known; what an older one has judged says so, and is judged again where the model can be run', async () => {
    const file = folder.at('r.groupcam');
    const run = await made(file, 300);
    for (const index of [0, 2]) run.clusters.commit(1, setOf(run, 'predicted', index, [1.2, 0.1]));
    const isOld = (of: typeof run) =>
      of.clusters
        .sets(1, 'predicted')
        .map(({ class: index, clusters }) => [index, clusters.map(({ suspicion }) => suspicion?.byOlderRule ?? false)]);
    assert.deepEqual(new Map(isOld(run) as [number, boolean[]][]).get(2), [false, false]);
    run.close();
    const db = new DatabaseSync(file);
    // As files were written before rules had numbers.
    db.exec("UPDATE cluster_sets SET data = json_remove(data, '$.rule') WHERE class = 2");
    db.close();
    const again = await openRunFile(file, {});
    const found = new Map(isOld(again) as [number, boolean[]][]);
    assert.deepEqual(
      [found.get(0), found.get(2)],
      [
        [false, false],
        [true, true],
      ],
    );
    const classes = again.clusters.classes(1, 'predicted');
    assert.deepEqual(clusterPlan(classes, [0, 2], true).find, [2]);
    assert.deepEqual(clusterPlan(classes, [0, 2], false).find, []);
    again.clusters.commit(1, setOf(again, 'predicted', 2, [1.2, 0.1]));
    assert.deepEqual(clusterPlan(again.clusters.classes(1, 'predicted'), [0, 2], true).find, []);
    again.close();
  });
});
