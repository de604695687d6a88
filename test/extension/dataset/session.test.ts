import assert from 'node:assert/strict';
import { datasetErrors } from '../../../src/core/dataset-errors';
import { errors } from '../../../src/core/errors';
import { createIntents } from '../../../src/extension/dataset/run/intents';
import type { Session } from '../../../src/extension/dataset/run/session';
import { createSessions } from '../../../src/extension/dataset/run/sessions';
import type { Work } from '../../../src/protocol/dataset';
import { until } from '../../support/wait';
import { type FakeRunner, fakeRunner, row, runInfo, version } from './fake-runner';
import { follows, memory, RUN, start } from './started';

const sweeping = (state: Work['state'], done: number): Work => ({
  id: 7,
  kind: 'sweep',
  version: 1,
  state,
  done,
  total: 10,
  failed: 0,
});

describe('a session of a run file', () => {
  it('opens the file once, follows it, and tells what it hears', async () => {
    const runner = fakeRunner();
    const { session, told } = start(runner);
    assert.equal((await session.ready()).items, 10);
    await follows(runner);
    runner.tell('work', [sweeping('running', 2)]);
    runner.tell('rows', { version: 1, done: 2, failed: 0 });
    runner.tell('info', runInfo({ items: 11 }));
    assert.deepEqual(
      told.map(({ type }) => type),
      ['info', 'work', 'rows', 'info'],
    );
    assert.deepEqual([session.info?.items, session.work.length], [11, 1]);
    assert.deepEqual(runner.names(), ['open', 'follow']);
  });

  it('adds the run file to what a page asks, and gives lists numbers of its own', async () => {
    const runner = fakeRunner({ rows: () => [row(4)], tag: () => ({ changed: 2 }) });
    const { session } = start(runner);
    const made = await session.ask({ name: 'list', params: { version: 1, query: 'wrong', first: 10 } });
    assert.deepEqual(made, { list: 1, count: 3 });
    assert.deepEqual(await session.ask({ name: 'rows', params: { version: 1, list: 1, from: 0, count: 1 } }), [row(4)]);
    await session.ask({ name: 'tag', params: { version: 1, of: { list: 1, ranges: [[0, 2]] }, tag: 'x', on: true } });
    assert.deepEqual(runner.asked.slice(-2), [
      ['rows', { run: RUN, version: 1, list: 101, from: 0, count: 1 }],
      ['tag', { run: RUN, version: 1, of: { list: 101, ranges: [[0, 2]] }, tag: 'x', on: true }],
    ]);
    await assert.rejects(session.ask({ name: 'rows', params: { version: 1, list: 9, from: 0, count: 1 } }), /list 9/);
  });

  it('after a crash requests are asked again, lists are made again, and one line says so', async () => {
    const runner = fakeRunner({ rows: () => new Promise<never>(() => {}) });
    const { session, notices } = start(runner);
    await session.ask({ name: 'list', params: { version: 1, query: 'wrong', first: 10 } });
    await follows(runner);
    const rows = session.ask({ name: 'rows', params: { version: 1, list: 1, from: 0, count: 1 } });
    await until('the request', () => runner.asked.some(([name]) => name === 'rows'));
    runner.answers.rows = () => [row(5)];
    runner.names();
    runner.end();
    assert.deepEqual(await rows, [row(5)]);
    assert.equal(notices().length, 1);
    assert.deepEqual(
      runner.names().filter((name) => name !== 'follow'),
      ['open', 'list', 'rows'],
    );
    assert.deepEqual(runner.asked.findLast(([name]) => name === 'rows')?.[1], {
      ...{ run: RUN, version: 1, list: 202, from: 0, count: 1 },
    });
  });

  it('undo is not asked twice, since it may have been done', async () => {
    const runner = fakeRunner({ undo: () => new Promise<never>(() => {}) });
    const { session } = start(runner);
    await follows(runner);
    const undone = session.ask({ name: 'undo', params: {} });
    await until('the request', () => runner.asked.some(([name]) => name === 'undo'));
    runner.end();
    await assert.rejects(undone, /ended/);
    assert.equal(runner.asked.filter(([name]) => name === 'undo').length, 1);
  });

  it('shows no notice if the process was restarted on purpose', async () => {
    const runner = fakeRunner();
    const { notices } = start(runner);
    await follows(runner);
    runner.end(errors.cancelled());
    await follows(runner, 2);
    assert.deepEqual(notices(), []);
  });

  it('a process that ends again and again is left alone, until it is tried again', async () => {
    const runner = fakeRunner();
    const { session, told } = start(runner);
    for (let times = 1; times <= 4; times++) {
      await follows(runner, times);
      runner.end();
    }
    await until('the end', () => session.broken !== undefined);
    assert.equal(told.at(-1)?.type, 'broken');
    await assert.rejects(session.ready(), /ended/);
    await assert.rejects(session.ask({ name: 'classes', params: { version: 1 } }), /ended/);
    session.retry();
    await session.ready();
    assert.equal(session.broken, undefined);
  });

  it("shows a file that is no run file as broken, with the runner's message", async () => {
    const error = datasetErrors.runFileInvalid(RUN, 'file is not a database');
    const runner = fakeRunner({ open: () => Promise.reject(error) });
    const { session, told } = start(runner);
    await assert.rejects(session.ready(), /not a database/);
    assert.deepEqual(told.at(-1), { type: 'broken', message: error.message });
    assert.deepEqual(runner.names(), ['open']);
  });

  it('a file that is removed is left, and opened again when it is back', async () => {
    const runner = fakeRunner();
    const { session, told } = start(runner);
    await follows(runner);
    session.fail(datasetErrors.runFileGone(RUN));
    assert.match(JSON.stringify(told.at(-1)), /removed or renamed/);
    assert.deepEqual(runner.names(), ['open', 'follow', 'close']);
    session.retry();
    await session.ready();
    await follows(runner, 2);
  });

  it('closing ends what is followed, and asks nothing more', async () => {
    const runner = fakeRunner();
    const { session } = start(runner);
    await follows(runner);
    session.close();
    await assert.rejects(session.ask({ name: 'classes', params: { version: 1 } }), /[Cc]ancel/);
    assert.deepEqual(runner.names(), ['open', 'follow', 'close']);
  });
});

describe('a sweep that is wanted', () => {
  const swept = (runner: FakeRunner) => runner.asked.filter(([name]) => name === 'sweep');

  it('goes on when the file is opened again, in another window or after a crash', async () => {
    const kept = memory();
    const runner = fakeRunner();
    const first = start(runner, createIntents(kept));
    await first.session.sweep(1);
    runner.end();
    await until('the second', () => swept(runner).length === 2);
    const later = fakeRunner();
    start(later, createIntents(memory(structuredClone(kept.kept))));
    await until('the third', () => swept(later).length === 1);
    assert.deepEqual(swept(later), [['sweep', { run: RUN, version: 1, device: 'cpu' }]]);
  });

  for (const [what, versions] of [
    ['finished', [version(1, { done: 9, failed: 1 })]],
    ["of a model that can't be run", [version(1, { unavailable: 'its file is gone' })]],
    ['of a version that is not there', [version(2)]],
  ] as const) {
    it(`does not go on when it is ${what}`, async () => {
      const runner = fakeRunner({ open: () => runInfo({ versions }) });
      start(runner, createIntents(memory([[RUN, 1]])));
      await follows(runner);
      assert.deepEqual(swept(runner), []);
    });
  }

  it('is no longer wanted once it is paused, cancelled or done, and is again when it is resumed', async () => {
    const runner = fakeRunner();
    const { session, intents } = start(runner);
    await session.sweep(1);
    await follows(runner);
    const wanted = () => intents.of(RUN).length === 1;
    runner.tell('work', [sweeping('running', 1)]);
    const seen = [wanted()];
    for (const name of ['pause', 'resume', 'cancel'] as const) {
      await session.ask({ name, params: { work: 7 } });
      seen.push(wanted());
    }
    await session.sweep(1);
    runner.tell('work', [sweeping('done', 10)]);
    seen.push(wanted());
    assert.deepEqual(seen, [true, false, true, false, false]);
  });

  it('waits for a file that another runner still holds, and then goes on', async () => {
    let opened = 0;
    const runner = fakeRunner({
      open: () => {
        opened += 1;
        return opened < 3 ? runInfo({ readOnly: 'another is computing' }) : runInfo();
      },
      rows: () => [row(3)],
    });
    const intents = createIntents(memory([[RUN, 1]]));
    const { session } = start(runner, intents);
    await session.ask({ name: 'list', params: { version: 1, query: '', first: 1 } });
    for (const times of [1, 2]) {
      await follows(runner, times);
      assert.equal(swept(runner).length, 0);
      runner.tell('free', { isFree: true });
    }
    await until('the sweep', () => swept(runner).length === 1);
    assert.equal(runner.asked.filter(([name]) => name === 'close').length, 2);
    assert.deepEqual(await session.ask({ name: 'rows', params: { version: 1, list: 1, from: 0, count: 1 } }), [row(3)]);
  });

  it("is no longer wanted if it can't be started", async () => {
    const runner = fakeRunner({ sweep: () => Promise.reject(datasetErrors.runFileBusy(RUN, 'process 5')) });
    const { session, intents } = start(runner);
    await assert.rejects(session.sweep(1), /process 5/);
    assert.deepEqual(intents.of(RUN), []);
  });

  it('counts as not wanted if its saved state is damaged', () => {
    assert.deepEqual(createIntents(memory({ sweeps: 1 })).of(RUN), []);
  });
});

describe('sessions', () => {
  it('are shared by the editors of a file, and end with the last', () => {
    const closed: string[] = [];
    const sessions = createSessions((run) => ({ run, close: () => closed.push(run) }) as unknown as Session);
    const [first, second] = [sessions.use('a'), sessions.use('a')];
    assert.equal(first.session, second.session);
    first.release();
    first.release();
    assert.deepEqual([closed, sessions.all.length], [[], 1]);
    second.release();
    assert.deepEqual([closed, sessions.find('a')], [['a'], undefined]);
  });
});
