import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { WorkKind } from '../../../src/protocol/dataset';
import { type Control, createWorks } from '../../../src/runner/work/works';
import { until } from '../../support/wait';

/** Work that goes on by one step whenever the test says so. */
function steps(total: number) {
  const waiting: (() => void)[] = [];
  const work = {
    done: 0,
    control: undefined as Control | undefined,
    step: async () => {
      await until('the work waits for a step', () => waiting.length > 0);
      waiting.shift()!();
      await turnOfLoop();
    },
    perform: async (control: Control) => {
      work.control = control;
      while (work.done < total) {
        await control.turn();
        await new Promise<void>((resolve) => waiting.push(resolve));
        work.done += 1;
        control.report({ done: work.done, total, failed: 0 });
      }
    },
  };
  return work;
}

describe('runner: works', () => {
  const changed: string[] = [];
  const start = () =>
    createWorks(
      (run) => changed.push(run),
      () => {},
    );
  const job = (perform: (control: Control) => Promise<void>, kind: WorkKind = 'sweep', run = 'a') => ({
    run,
    kind,
    version: 1,
    total: 2,
    perform,
  });
  const states = (works: ReturnType<typeof start>, run = 'a') => works.of(run).map(({ state }) => state);

  it('does one sweep after the other, in the order they came, and maps beside them', async () => {
    const works = start();
    const [first, second, maps] = [steps(1), steps(1), steps(1)];
    works.add(job(first.perform));
    works.add(job(second.perform, 'sweep', 'b'));
    works.add(job(maps.perform, 'maps'));
    await until('the first runs', () => states(works)[0] === 'running');
    assert.deepEqual([states(works), states(works, 'b')], [['running', 'running'], ['waiting']]);
    await first.step();
    await until('the second runs', () => states(works, 'b')[0] === 'running');
    await second.step();
    await maps.step();
    await until('all is done', () => states(works, 'b')[0] === 'done');
    assert.deepEqual(states(works), ['done'], 'of what has ended the last is told');
  });

  it('lets others go on while work is paused, and resumes it', async () => {
    const works = start();
    const [first, second] = [steps(2), steps(1)];
    const id = works.add(job(first.perform));
    works.add(job(second.perform, 'sweep', 'b'));
    await until('it waits for a step', () => first.control);
    await turnOfLoop();
    works.pause('a', id);
    await first.step();
    await until('it is paused', () => states(works)[0] === 'paused');
    assert.equal(first.control!.goesOn(), false);
    await second.step();
    await until('the other is done', () => states(works, 'b')[0] === 'done');
    works.resume('a', id);
    await first.step();
    await until('it is done', () => states(works)[0] === 'done');
    assert.deepEqual(works.of('a')[0]!.done, 2);
  });

  it('lets what is more urgent go first, even before what has begun, which goes on afterwards', async () => {
    const works = start();
    const [first, second, third] = [steps(2), steps(1), steps(1)];
    let ended = 0;
    works.add(job(first.perform));
    await until('it waits for a step', () => first.control);
    await turnOfLoop();
    works.add({ ...job(second.perform, 'sweep', 'b'), urgency: 2 });
    const id = works.add({ ...job(third.perform, 'sweep', 'c'), urgency: 3, ended: () => ended++ });
    assert.equal(first.control!.goesOn(), false);
    await first.step();
    await until('the most urgent runs', () => states(works, 'c')[0] === 'running');
    assert.deepEqual([states(works), states(works, 'b')], [['waiting'], ['waiting']]);
    works.pause('c', id);
    await third.step();
    await until('the next one runs', () => states(works, 'b')[0] === 'running' || states(works, 'c')[0] === 'done');
    await second.step();
    await until('the first goes on', () => states(works)[0] === 'running');
    assert.deepEqual([ended, second.done, third.done], [1, 1, 1]);
    await first.step();
    await until('it is done', () => states(works)[0] === 'done');
  });

  it('ends what needs a version that is removed, and tells what has ended without having begun', async () => {
    const works = start();
    const [first, second, third] = [steps(5), steps(5), steps(5)];
    let ended = 0;
    works.add(job(first.perform));
    works.add({ ...job(second.perform), version: 2, ended: () => ended++ });
    works.add({ ...job(third.perform, 'shift'), version: 3, from: 2 });
    await until('it waits for a step', () => first.control && third.control);
    await turnOfLoop();
    const cancelled = works.cancelOf('a', 2);
    await third.step();
    await cancelled;
    assert.deepEqual(
      works.of('a').map(({ version, state }) => [version, state]),
      [
        [1, 'running'],
        [3, 'done'],
      ],
    );
    assert.deepEqual([ended, second.done], [1, 0]);
    const all = works.cancelAll('a');
    await first.step();
    await all;
  });

  it('several that are paused do not wake each other', async () => {
    const works = start();
    const all = [steps(1), steps(1), steps(1)];
    const ids = all.map(({ perform }, i) => works.add(job(perform, 'sweep', `run ${i}`)));
    ids.forEach((id, i) => {
      works.pause(`run ${i}`, id);
    });
    await until('all are paused', () => [0, 1, 2].every((i) => states(works, `run ${i}`)[0] === 'paused'));
    const before = changed.length;
    for (let i = 0; i < 10; i++) await turnOfLoop();
    assert.equal(changed.length, before);
  });

  it('ends what is cancelled, also while it waits or is paused', async () => {
    const works = start();
    const [first, second] = [steps(9), steps(9)];
    const ids = [works.add(job(first.perform)), works.add(job(second.perform))];
    await works.cancel('a', ids[1]!);
    await until('it waits for a step', () => first.control);
    await turnOfLoop();
    works.pause('a', ids[0]!);
    await first.step();
    await until('it is paused', () => states(works)[0] === 'paused');
    await works.cancelAll('a');
    assert.deepEqual(states(works), ['done']);
    assert.equal(second.done, 0);
  });

  it('says why work failed', async () => {
    const works = start();
    works.add(job(() => Promise.reject(new Error('the disk is full'))));
    await until('it failed', () => states(works)[0] === 'failed');
    assert.match(works.of('a')[0]!.reason!, /the disk is full/);
  });

  it('does something between two steps, while all work on the file waits', async () => {
    const works = start();
    const [sweep, other] = [steps(2), steps(1)];
    works.add(job(sweep.perform));
    works.add(job(other.perform, 'maps', 'b'));
    await until('it waits for a step', () => sweep.control);
    await turnOfLoop();
    let acted = false;
    const between = works.between('a', async () => {
      await turnOfLoop();
      acted = true;
      return sweep.done;
    });
    await turnOfLoop();
    assert.equal(acted, false);
    await sweep.step();
    assert.equal(await between, 1);
    await sweep.step();
    await until('it is done', () => states(works)[0] === 'done');
    await other.step();
  });
});
