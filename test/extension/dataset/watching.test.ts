import assert from 'node:assert/strict';
import { datasetErrors } from '../../../src/core/dataset-errors';
import { createIntents } from '../../../src/extension/dataset/run/intents';
import { createSession, type Told } from '../../../src/extension/dataset/run/session';
import { createMapIntents } from '../../../src/extension/dataset/run/wanted-maps';
import { until } from '../../support/wait';
import { type FakeRunner, fakeRunner, runInfo, version } from './fake-runner';
import { memory, RUN } from './started';

function start(runner: FakeRunner, isWanted = true) {
  const wanted = { now: isWanted };
  const told: Told[] = [];
  const session = createSession({
    run: RUN,
    call: runner.call,
    intents: createIntents(memory()),
    mapIntents: createMapIntents(memory()),
    device: () => 'cpu',
    watches: () => wanted.now,
    log: () => {},
  });
  session.listen((message) => told.push(message));
  return { session, told, wanted };
}

const watches = (runner: FakeRunner) => runner.asked.filter(([name]) => name === 'watch');
const untilWatched = (runner: FakeRunner, times: number) =>
  until(`watched ${times} times`, () => watches(runner).length === times);

describe('the models of an open run file', () => {
  it('are watched, and a new version is told to the pages', async () => {
    const runner = fakeRunner();
    const { told } = start(runner);
    await untilWatched(runner, 1);
    assert.deepEqual(watches(runner), [['watch', { run: RUN, device: 'cpu' }]]);
    runner.watched('added', 3);
    runner.watched('failed', { message: 'net.onnx: not an ONNX model' });
    assert.deepEqual(told.slice(1), [
      { type: 'added', version: 3 },
      { type: 'notice', text: 'net.onnx: not an ONNX model' },
    ]);
  });

  it('are watched again after the runner has died', async () => {
    const runner = fakeRunner();
    const { told } = start(runner);
    await untilWatched(runner, 1);
    runner.end();
    await untilWatched(runner, 2);
    runner.watched('added', 4);
    assert.deepEqual(told.at(-1), { type: 'added', version: 4 });
    const texts = told.flatMap((message) => (message.type === 'notice' ? [message.text] : []));
    assert.equal(texts.length, 1, 'only the end of the process is told');
  });

  it('are swept to the end when the runner dies in the middle of a new one', async () => {
    const runner = fakeRunner({ open: () => runInfo({ versions: [version(1, { done: 10 }), version(2)] }) });
    start(runner);
    await untilWatched(runner, 1);
    runner.watched('added', 2);
    runner.end();
    await until('the sweep', () => runner.asked.some(([name]) => name === 'sweep'));
    assert.deepEqual(
      runner.asked.filter(([name]) => name === 'sweep'),
      [['sweep', { run: RUN, version: 2, device: 'cpu' }]],
    );
  });

  it('are not watched where it is not wanted, until it is, and no longer when it is not', async () => {
    const runner = fakeRunner();
    const { session, wanted, told } = start(runner, false);
    await until('the file is followed', () => runner.asked.some(([name]) => name === 'follow'));
    session.watchAgain();
    assert.deepEqual(watches(runner), []);
    wanted.now = true;
    session.watchAgain();
    session.watchAgain();
    assert.equal(watches(runner).length, 1);
    wanted.now = false;
    session.watchAgain();
    runner.watched('added', 3);
    assert.ok(!told.some(({ type }) => type === 'added'));
    wanted.now = true;
    session.watchAgain();
    await untilWatched(runner, 2);
    runner.watched('added', 4);
    assert.deepEqual(told.at(-1), { type: 'added', version: 4 });
  });

  it('are not watched where nothing can be written', async () => {
    const runner = fakeRunner({ open: () => runInfo({ readOnly: 'another is computing' }) });
    start(runner);
    await until('the file is followed', () => runner.asked.some(([name]) => name === 'follow'));
    assert.deepEqual(watches(runner), []);
  });

  it('are left with one line if they can not be watched', async () => {
    const error = datasetErrors.runFileBusy(RUN, 'process 5');
    const runner = fakeRunner({ watch: () => Promise.reject(error) });
    const { told } = start(runner);
    await until('it is told', () => told.some(({ type }) => type === 'notice'));
    assert.deepEqual(told.at(-1), { type: 'notice', text: `The model's file is not watched: ${error.message}` });
    assert.equal(watches(runner).length, 1);
  });

  it('are left when the file is closed', async () => {
    const runner = fakeRunner();
    const { session, told } = start(runner);
    await untilWatched(runner, 1);
    session.close();
    runner.watched('added', 3);
    assert.ok(!told.some(({ type }) => type === 'added'));
  });
});
