import assert from 'node:assert/strict';
import { createFar, type Far, farCall, forgettingIntents } from '../../../src/extension/dataset/far/far';
import { createIntents } from '../../../src/extension/dataset/run/intents';
import { until } from '../../support/wait';
import { fakeRunner } from './fake-runner';
import { follows, memory, RUN, start } from './started';

const ADDRESS = 'rediss://me:secret@queue.example:7000';

function secretStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => void kept.delete(key),
  };
}

const distribute = { run: RUN, what: { version: 1 }, shared: '/s', queue: ADDRESS };

/** A session whose sweeps may be the work of a queue. */
function begin(far: Far, runner = fakeRunner({ distribute: () => ({ work: 7, version: 1, worker: WORKER }) })) {
  const intents = forgettingIntents(createIntents(memory()), far);
  return { runner, ...start({ ...runner, call: farCall(runner.call, far) }, intents) };
}

const WORKER = "group-cam worker --shared /s --root /d --model '/a b/net.onnx'";

describe('sweeps that the workers of a queue compute', () => {
  it('are shared instead of swept, and the address is in the secret storage alone', async () => {
    const [workspace, secrets] = [memory(), secretStorage()];
    const far = createFar(workspace, secrets);
    await far.set(RUN, 1, '/s', ADDRESS);
    const { session, runner } = begin(far);
    await session.sweep(1);
    assert.deepEqual(runner.asked.at(-1), ['distribute', distribute]);
    assert.equal(far.worker(RUN, 1), WORKER);
    assert.equal(far.worker(RUN, 2), undefined);
    assert.ok(!JSON.stringify(workspace.kept).includes('secret'), 'the workspace has a password');
    assert.deepEqual([...secrets.kept.values()], [ADDRESS, ADDRESS]);
  });

  it('are followed again after a crash and after a reload', async () => {
    const [workspace, secrets] = [memory(), secretStorage()];
    await createFar(workspace, secrets).set(RUN, 1, '/s', ADDRESS);
    const { session, runner } = begin(createFar(workspace, secrets));
    await session.sweep(1);
    await follows(runner);
    runner.end();
    await until('it is shared again', () => runner.asked.filter(([name]) => name === 'distribute').length === 2);
    assert.ok(!runner.asked.some(([name]) => name === 'sweep'));
  });

  it('are forgotten once they are done: the next sweep runs on this machine', async () => {
    const far = createFar(memory(), secretStorage());
    await far.set(RUN, 1, '/s', ADDRESS);
    const runner = fakeRunner({
      distribute: () => ({ work: 7, version: 1, worker: WORKER }),
      sweep: () => ({ work: 8 }),
    });
    const { session } = begin(far, runner);
    await session.sweep(1);
    await follows(runner);
    const done = { id: 7, kind: 'sweep', version: 1, state: 'done', done: 10, total: 10, failed: 0 } as const;
    runner.tell('work', [done]);
    assert.equal(await far.of(RUN, 1), undefined);
    await session.sweep(1);
    assert.equal(runner.asked.at(-1)?.[0], 'sweep');
  });

  it('are forgotten if the queue refuses, and the reason is told', async () => {
    const far = createFar(memory(), secretStorage());
    await far.set(RUN, 1, '/s', ADDRESS);
    const runner = fakeRunner({ distribute: () => Promise.reject(new Error('the queue is away')) });
    const { session } = begin(far, runner);
    await assert.rejects(session.sweep(1), /the queue is away/);
    assert.equal(await far.of(RUN, 1), undefined);
  });
});
