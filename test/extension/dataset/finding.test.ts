/** Searches for clusters: which of them go on when the window is loaded again. */
import assert from 'node:assert/strict';
import { createIntents, type Memory } from '../../../src/extension/dataset/run/intents';
import { createSession } from '../../../src/extension/dataset/run/session';
import { createMapIntents } from '../../../src/extension/dataset/run/wanted-maps';
import type { Work } from '../../../src/protocol/dataset';
import { until } from '../../support/wait';
import { type FakeRunner, fakeRunner, runInfo, version } from './fake-runner';

const RUN = '/w/val.groupcam';

function start(runner: FakeRunner, kept?: unknown) {
  let value = kept;
  const memory: Memory = {
    get: <T>() => value as T | undefined,
    update: (_, next) => {
      value = next;
      return Promise.resolve();
    },
  };
  const intents = createIntents(memory);
  const options = {
    run: RUN,
    call: runner.call,
    intents,
    mapIntents: createMapIntents({ get: () => undefined, update: () => Promise.resolve() }),
    device: () => 'cpu' as const,
    watches: () => false,
    log: () => {},
  };
  return { session: createSession(options), kept: () => value };
}

const searching = (id: number, state: Work['state']): Work => ({
  ...{ id, kind: 'clusters', version: 1, state, done: 1, total: 10, failed: 0 },
});
const searched = (runner: FakeRunner) => runner.asked.filter(([name]) => name === 'findClusters');
const follows = (runner: FakeRunner) =>
  until('the file is followed', () => runner.asked.some(([name]) => name === 'follow'));

/** A runner whose searches have numbers from 11 on. */
function runnerOf(answers: Parameters<typeof fakeRunner>[0] = {}): FakeRunner {
  let work = 10;
  return fakeRunner({
    findClusters: () => {
      work += 1;
      return { work };
    },
    ...answers,
  });
}

describe('a search for clusters', () => {
  it('is asked of the runner with the device of the settings', async () => {
    const runner = runnerOf();
    const { session, kept } = start(runner);
    await session.findClusters(1, 'predicted', [3, 5]);
    await session.findClusters(1, 'true');
    assert.deepEqual(searched(runner), [
      ['findClusters', { run: RUN, version: 1, by: 'predicted', classes: [3, 5], device: 'cpu' }],
      ['findClusters', { run: RUN, version: 1, by: 'true', device: 'cpu' }],
    ]);
    assert.deepEqual(kept(), [[RUN, 1, 'clusters by true']], 'a search for some classes is not kept');
  });

  it('goes on in the next window and after a crash, beside the sweeps of before', async () => {
    const first = runnerOf();
    const { session, kept } = start(first, [[RUN, 1]]);
    await session.findClusters(1, 'predicted');
    first.end();
    await until('the second', () => searched(first).length === 2);
    const later = runnerOf();
    start(later, structuredClone(kept()));
    await until('the third', () => searched(later).length === 1);
    assert.ok(later.asked.some(([name]) => name === 'sweep'));
    assert.deepEqual(searched(later)[0]![1], { run: RUN, version: 1, by: 'predicted', device: 'cpu' });
  });

  it('does not go on where its model can not be run or its version is gone', async () => {
    const versions = [version(1, { unavailable: 'its file is gone' })];
    const runner = runnerOf({ open: () => runInfo({ versions }) });
    start(runner, [
      [RUN, 1, 'clusters by true'],
      [RUN, 2, 'clusters by true'],
    ]);
    await follows(runner);
    assert.deepEqual(searched(runner), []);
  });

  it('is no longer wanted once it is paused, cancelled or over; work of an earlier search says nothing of it', async () => {
    const runner = runnerOf();
    const { session, kept } = start(runner);
    const wanted = () => (kept() as unknown[]).length === 1;
    await follows(runner);
    await session.findClusters(1, 'predicted');
    runner.tell('work', [searching(10, 'done'), searching(11, 'running')]);
    const seen = [wanted()];
    for (const name of ['pause', 'resume', 'cancel'] as const) {
      await session.ask({ name, params: { work: 11 } });
      seen.push(wanted());
    }
    await session.findClusters(1, 'predicted');
    runner.tell('work', [searching(11, 'done'), searching(12, 'running')]);
    seen.push(wanted());
    runner.tell('work', [searching(12, 'failed')]);
    seen.push(wanted());
    assert.deepEqual(seen, [true, false, true, false, true, false]);
  });

  it('that was over before its number was known, or could not begin, is not wanted', async () => {
    const runner = runnerOf();
    const { session, kept } = start(runner);
    await follows(runner);
    runner.tell('work', [searching(11, 'done')]);
    await session.findClusters(1, 'predicted');
    assert.deepEqual(kept(), []);
    runner.answers.findClusters = () => Promise.reject(new Error('no version 1'));
    await assert.rejects(session.findClusters(1, 'true'), /no version 1/);
    assert.deepEqual(kept(), []);
  });
});
