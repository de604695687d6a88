// Runs the jobs of all stages from one queue, several at a time.

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {number} seconds what it takes; those that take longest are started first
 * @property {Promise<unknown>} [after] it is started once this is fulfilled; others are started before it
 * @property {() => Promise<{ tests: import('./results.mjs').Test[], output: string }>} run
 */

/**
 * Prints what a job has printed once it has ended, so that jobs do not mix their lines. The first job that breaks ends all.
 *
 * @param {readonly Job[]} jobs
 * @param {number} places how many run at a time
 * @param {(text: string) => void} [print]
 * @returns {Promise<import('./results.mjs').Test[]>} the tests of all jobs, in the order in which these ended
 */
export async function runJobs(jobs, places, print = console.log) {
  const waiting = jobs.toSorted((a, b) => b.seconds - a.seconds);
  /** @type {import('./results.mjs').Test[]} */
  const tests = [];
  /** What has to be settled before some jobs can start, and is not. */
  const ahead = new Set(jobs.flatMap(({ after }) => after ?? []));
  const arrivals = new Map([...ahead].map((each) => [each, each.catch(() => {}).then(() => ahead.delete(each))]));

  async function place() {
    while (waiting.length) {
      const next = waiting.findIndex(({ after }) => !after || !ahead.has(after));
      if (next < 0) {
        await Promise.race(waiting.map(({ after }) => after && arrivals.get(after)));
        continue;
      }
      const [job] = /** @type {[Job]} */ (waiting.splice(next, 1));
      const start = performance.now();
      await job.after;
      const done = await job.run();
      tests.push(...done.tests);
      print(`\n== ${job.name} (${Math.round((performance.now() - start) / 1000)} s)\n${done.output.trimEnd()}`);
    }
  }
  await Promise.all(Array.from({ length: places }, place));
  return tests;
}
