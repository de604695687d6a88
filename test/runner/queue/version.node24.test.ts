/** A version of a run file that a queue computes, as the editor asks for it: with its labels, its mapping and its limit. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createRunnerService } from '../../../src/runner/service';
import { succeeds } from '../../cli/dataset/support';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { REDIS, type RedisServer, startRedis } from '../../support/servers/redis';
import { needs, project } from '../../support/shared';
import { until } from '../../support/wait';

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const LIMIT = 14;
const QUIET = { signal: new AbortController().signal, emit() {} };

describe('runner: a version of a run file by a queue', () => {
  const folder = testFolder();
  let server: RedisServer;
  before(async function () {
    needs(this, CIFAR, 'no images');
    needs(this, REDIS, 'no queue');
    server = await startRedis();
  });
  after(() => server?.end());

  it('has the rows of one process with the same labels, mapping and limit', async () => {
    const images = cifarSubset(folder.at('images'), 2);
    const labels = folder.write('labels.txt', CLASSES.map((name) => `a ${name}`).join('\n'));
    const categories = Object.fromEntries(CLASSES.map((name) => [name, [`a ${name}`]]));
    const mapping = folder.write('mapping.json', { categories });
    const alone = folder.at('alone.groupcam');
    const choices = ['--labels', labels, '--mapping', mapping, '--limit', String(LIMIT), '--device', 'cpu'];
    await succeeds('dataset', images, '--model', RESNET20, '--run', alone, ...choices);
    const { stdout: expected } = await succeeds('query', alone, '--csv');

    const [run, shared] = [folder.at('r.groupcam'), folder.at('shared')];
    const said: string[] = [];
    const runner = createRunnerService({ log: (line) => said.push(line), engine: project('dist', 'engine.js') });
    const { service } = runner;
    try {
      const models = [{ path: RESNET20, labels }];
      await service.prepare({ run, source: images, models, mapping, limit: LIMIT }, QUIET);
      const { versions: before } = await service.open({ run }, QUIET);
      const what = { version: before[0]!.id };
      const { version } = await service.distribute({ run, what, shared, queue: server.address, size: 4 }, QUIET);
      assert.equal(version, before[0]!.id);
      const env = { ...process.env, GROUP_CAM_QUEUE: server.address, GROUP_CAM_THREADS: '1' };
      const worker = ['worker', '--shared', shared, '--root', images, '--model', RESNET20, '--device', 'cpu'];
      const refused = await groupCamEnds(worker, env);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /the preprocessing, layer or labels are not those of/);
      const { code, stderr } = await groupCamEnds([...worker, '--labels', labels], env);
      assert.equal(code, 0, stderr);
      await until('all rows', async () => (await service.open({ run }, QUIET)).versions[0]!.done === LIMIT);
      const { versions: after, items } = await service.open({ run }, QUIET);
      assert.equal(items, LIMIT);
      const [{ file: _, ...now }, ...others] = [after[0]!, ...after.slice(1)];
      assert.deepEqual([now, others], [{ ...before[0]!, done: LIMIT }, []]);
    } finally {
      await runner.dispose();
    }
    const { stdout } = await succeeds('query', run, '--csv');
    assert.equal(stdout, expected);
    assert.match(stdout, /a airplane/);
    assert.ok(existsSync(path.join(shared, 'plan.json')));
    assert.ok(!said.join().includes(server.password));
  });
});
