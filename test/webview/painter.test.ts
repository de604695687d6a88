import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { DEFAULT_STYLE } from '../../src/core/style';
import { lineTo } from '../../webview/heat/painter';
import type { Job, Painted } from '../../webview/heat/painting';
import { newestOnly } from '../../webview/newest';
import { hillOn, SCENE } from './support/states';

const JOB: Job = { drawing: { kind: 'map', frame: hillOn('cat') }, size: SCENE, style: DEFAULT_STYLE };

describe('the line to the worker that paints', () => {
  /** A worker that does nothing by itself. */
  function fakeWorker() {
    const asked: number[] = [];
    const worker = Object.assign(new EventTarget(), {
      postMessage: ({ id }: { id: number }) => asked.push(id),
      terminate: () => {},
    });
    const lost: string[] = [];
    const line = lineTo(worker, (reason) => lost.push(reason));
    const answer = (id: number, contour: string) =>
      worker.dispatchEvent(new MessageEvent('message', { data: { id, painted: { contour } } }));
    return { worker, asked, lost, line, answer };
  }
  const contourOf = (painted: Painted | undefined) => painted?.contour;

  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('gives each job its answer, in whichever order they come', async () => {
    const { line, asked, answer, lost } = fakeWorker();
    const both = Promise.all([line(JOB), line(JOB)]);
    answer(asked[1]!, 'second');
    answer(asked[0]!, 'first');
    assert.deepEqual((await both).map(contourOf), ['first', 'second']);
    mock.timers.tick(60_000);
    assert.deepEqual(lost, [], 'silence after all answers is no fault');
  });

  it('answers nothing once the worker has failed, and says so once', async () => {
    const { line, worker, lost } = fakeWorker();
    const pending = line(JOB);
    for (const message of ['broken', 'broken again']) {
      worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
    }
    assert.deepEqual([await pending, await line(JOB)], [undefined, undefined]);
    assert.deepEqual(lost, ['broken']);
  });

  it('gives up a worker that does not answer, but not one that is slow with many jobs', async () => {
    const { line, asked, answer, lost } = fakeWorker();
    const both = Promise.all([line(JOB), line(JOB)]);
    mock.timers.tick(9_000);
    answer(asked[0]!, 'first');
    mock.timers.tick(9_000);
    assert.deepEqual(lost, []);
    mock.timers.tick(1_000);
    assert.deepEqual((await both).map(contourOf), ['first', undefined]);
    assert.deepEqual(lost, ['it does not answer']);
  });
});

describe('the newest task only', () => {
  it('skips tasks in between, and settles them with the newest one', async () => {
    const run: number[] = [];
    const ends: (() => void)[] = [];
    const newest = newestOnly(async (task: number) => {
      run.push(task);
      await new Promise<void>((end) => ends.push(end));
    });
    const settled: number[] = [];
    const all = [1, 2, 3].map((task) => newest(task).then(() => settled.push(task)));
    assert.deepEqual([run, settled], [[1], []]);
    ends[0]!();
    await all[0];
    assert.deepEqual([run, settled], [[1, 3], [1]]);
    ends[1]!();
    await Promise.all(all);
    assert.deepEqual(
      [run, settled],
      [
        [1, 3],
        [1, 2, 3],
      ],
    );
  });

  it('goes on after one that failed', async () => {
    const newest = newestOnly(async (task: number) => {
      if (task === 1) throw new Error('broken');
    });
    const [first, second] = [newest(1), newest(2)];
    await assert.rejects(first, /broken/);
    await second;
  });
});
