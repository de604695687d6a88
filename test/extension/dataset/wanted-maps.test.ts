/** Maps that are wanted go on in the next process, and in the next window. */
import assert from 'node:assert/strict';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { createIntents } from '../../../src/extension/dataset/run/intents';
import { createMapIntents } from '../../../src/extension/dataset/run/wanted-maps';
import type { Work } from '../../../src/protocol/dataset';
import { until } from '../../support/wait';
import { type FakeRunner, fakeRunner, runInfo, version } from './fake-runner';
import { follows, memory, RUN, start } from './started';

const METHOD = { ...DEFAULT_CHOICE, method: 'layer-cam' as const };
const COMPUTE = { compute: () => ({ work: 7 }) };
const computed = (runner: FakeRunner) =>
  runner.asked.filter(([name]) => name === 'compute').map(([, params]) => params);
const working = (state: Work['state'], id = 7): Work => ({
  ...{ id, kind: 'maps', version: 1, method: 'layer-cam', state, done: 1, total: 3, failed: 0 },
});

/** What the next window finds in the workspace's memory. */
const nextWindow = (kept: { readonly kept: unknown }) => createMapIntents(memory(structuredClone(kept.kept)));

describe('maps that are wanted', () => {
  const begun = async (runner: FakeRunner) => {
    const kept = memory();
    const started = start(runner, createIntents(memory()), createMapIntents(kept));
    await follows(runner);
    return { ...started, kept };
  };

  for (const of of ['all', 'wrong'] as const) {
    it(`of ${of} go on after a crash, and in the next window`, async () => {
      const runner = fakeRunner(COMPUTE);
      const { session, kept } = await begun(runner);
      await session.compute(1, of, METHOD);
      runner.end();
      await until('the second time', () => computed(runner).length === 2);
      const later = fakeRunner(COMPUTE);
      start(later, createIntents(memory()), nextWindow(kept));
      await until('the third time', () => computed(later).length === 1);
      assert.deepEqual(computed(later), [{ run: RUN, version: 1, device: 'cpu', method: METHOD, of }]);
    });
  }

  it('of a selection go on by its query, and not where the list is another by now', async () => {
    const runner = fakeRunner(COMPUTE);
    const { session, kept } = await begun(runner);
    const list = { name: 'list', params: { version: 1, query: 'wrong order by loss', first: 0 } } as const;
    const { list: number } = (await session.ask(list)) as { list: number };
    await session.compute(1, { list: number, ranges: [[1, 3]] }, METHOD);
    const same = fakeRunner(COMPUTE);
    start(same, createIntents(memory()), nextWindow(kept));
    await until('they go on', () => computed(same).length === 1);
    const [, made] = same.asked.find(([name]) => name === 'list')!;
    assert.deepEqual(made, { run: RUN, version: 1, query: 'wrong order by loss', first: 0 });
    assert.deepEqual(computed(same), [
      { run: RUN, version: 1, device: 'cpu', method: METHOD, of: { list: 101, ranges: [[1, 3]] } },
    ]);
    const other = fakeRunner({ ...COMPUTE, list: () => ({ list: 101, count: 2 }) });
    const { notices, mapIntents } = start(other, createIntents(memory()), nextWindow(kept));
    await until('it is said', () => notices().length > 0);
    assert.match(notices()[0]!, /layer-cam of a selection.*Select the images again/);
    assert.deepEqual([computed(other), mapIntents.of(RUN)], [[], []]);
  });

  it('are no longer wanted once they are paused, cancelled, done or failed, and are again when they are resumed', async () => {
    let last = 6;
    const runner = fakeRunner({
      compute: () => {
        last += 1;
        return { work: last };
      },
    });
    const { session, mapIntents } = await begun(runner);
    const seen: boolean[] = [];
    const see = () => seen.push(mapIntents.of(RUN).length === 1);
    await session.compute(1, 'all', METHOD);
    see();
    for (const name of ['pause', 'resume', 'cancel'] as const) {
      await session.ask({ name, params: { work: 7 } });
      see();
    }
    for (const state of ['done', 'failed'] as const) {
      await session.compute(1, 'all', METHOD);
      runner.tell('work', [working('running', last)]);
      see();
      runner.tell('work', [working(state, last)]);
      see();
    }
    assert.deepEqual(seen, [true, false, true, false, true, false, true, false]);
  });

  it('that are done before it is known which work they are, are not wanted', async () => {
    const runner = fakeRunner(COMPUTE);
    const { session, mapIntents } = await begun(runner);
    runner.tell('work', [working('done')]);
    await session.compute(1, 'all', METHOD);
    assert.deepEqual(mapIntents.of(RUN), []);
  });

  it('are left alone where their model can not be run, and where the memory is damaged', async () => {
    const kept = memory([[RUN, { version: 1, method: METHOD, of: 'all' }]]);
    const runner = fakeRunner({ ...COMPUTE, open: () => runInfo({ versions: [version(1, { unavailable: 'gone' })] }) });
    start(runner, createIntents(memory()), createMapIntents(kept));
    await follows(runner);
    assert.deepEqual(computed(runner), []);
    for (const damaged of [{ maps: 1 }, [[RUN, { version: 1, method: { method: 'no-such' }, of: 'all' }]]]) {
      assert.deepEqual(createMapIntents(memory(damaged)).of(RUN), []);
    }
  });
});
