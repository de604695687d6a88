/** A dataset that workers of a queue compute is the same as that of one process, whoever is killed meanwhile. */
import assert from 'node:assert/strict';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { runCluster, sameTable } from '../../support/cluster';
import { testFolder } from '../../support/folder';
import { REDIS, startRedis } from '../../support/servers/redis';
import type { Server } from '../../support/servers/server';
import { needs } from '../../support/shared';
import { succeeds } from './support';

const IMAGES = 240;
const KILLS = 10;

describe('cli: a dataset by a queue', () => {
  const folder = testFolder();
  let server: Server;
  before(async function () {
    needs(this, CIFAR, 'no images');
    needs(this, REDIS, 'no queue');
    needs(this, '/proc/self/task', 'processes are found by Linux');
    server = await startRedis();
  });
  after(() => server?.end());

  it(`whose processes and queue are killed ${KILLS} times is the same as that of one process`, async () => {
    const images = cifarSubset(folder.at('images'), IMAGES / 10);
    const alone = folder.at('alone.groupcam');
    await succeeds('dataset', images, '--model', RESNET20, '--run', alone, '--device', 'cpu');
    const { stdout: expected } = await succeeds('query', alone, '--csv');
    const report = await runCluster({
      ...{ server, images, model: RESNET20, items: IMAGES, more: [] },
      ...{ workers: 3, kills: KILLS, pauses: 1, size: 8, lock: 2, seed: 7 },
      say: () => {},
    });
    assert.equal(report.table.split('\n').length, IMAGES + 2, 'the header, a line a row, and the end of the last');
    sameTable(report.table, expected);
    assert.ok(
      Object.values(report.killed).every((count) => count >= 2),
      JSON.stringify(report.killed),
    );
    assert.equal(report.paused, 1);
    for (const secret of [server.password, encodeURIComponent(server.password)])
      assert.ok(!report.said.includes(secret), 'nobody has written the password');
  });
});
