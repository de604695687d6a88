/** How `npm test` shares out its jobs. */
import assert from 'node:assert/strict';
import { queueScript } from '../support/scripts';

interface Asked {
  readonly name: string;
  readonly seconds: number;
  readonly after?: Promise<unknown>;
}

describe('the queue of jobs', () => {
  /** Runs jobs, each of which ends when the test says so. */
  async function start(jobs: readonly Asked[], places: number) {
    const { runJobs } = await queueScript();
    const started: string[] = [];
    const printed: string[] = [];
    const ends = new Map<string, () => void>();
    const tests = runJobs(
      jobs.map((job) => ({
        ...job,
        async run() {
          started.push(job.name);
          await new Promise<void>((end) => ends.set(job.name, end));
          return { tests: [{ name: job.name, state: 'passed' as const }], output: `${job.name} was here\n` };
        },
      })),
      places,
      (text) => printed.push(text),
    );
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    return {
      started,
      printed,
      tests,
      end: (name: string) => {
        ends.get(name)!();
        return turn();
      },
    };
  }

  it('starts the longest first, no more than there are places, and the next with each that ends', async () => {
    const jobs = [1, 9, 5, 3].map((seconds) => ({ name: `${seconds}`, seconds }));
    const { started, printed, tests, end } = await start(jobs, 2);
    assert.deepEqual(started, ['9', '5']);
    await end('5');
    assert.deepEqual(started, ['9', '5', '3']);
    for (const name of ['3', '1', '9']) await end(name);
    assert.deepEqual(
      (await tests).map(({ name }) => name),
      ['5', '3', '1', '9'],
    );
    assert.match(printed[0]!, /^\n== 5 \(\d+ s\)\n5 was here$/);
  });

  it('starts others before a job that waits for something, and waits when no other is left', async () => {
    let arrive = () => {};
    const after = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { started, tests, end } = await start(
      [
        { name: 'window', seconds: 9, after },
        { name: 'plain', seconds: 1 },
      ],
      1,
    );
    assert.deepEqual(started, ['plain']);
    await end('plain');
    assert.deepEqual(started, ['plain']);
    arrive();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(started, ['plain', 'window']);
    await end('window');
    assert.equal((await tests).length, 2);
  });

  it('fails with what a job waits for', async () => {
    const after = Promise.reject(new Error('nothing was installed'));
    const { tests } = await start([{ name: 'window', seconds: 1, after }], 2);
    await assert.rejects(tests, /nothing was installed/);
  });
});
