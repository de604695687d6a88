// `npm test [stage ...]`: sets up, builds, and runs every stage, or the named ones:
//   check    lint, format and types
//   unit     mocha over everything that needs neither VS Code nor a page of ours
//   fuzz     mutated models and images through the engine
//   suite    mocha inside VS Code's extension host, in a desktop VS Code or in code-server
//   ui       our pages in a plain Chromium, and end-to-end tests that drive VS Code's window
//   package  the packaged VSIX, installed and used
// Only when named:
//   nightly  what takes long and shows again what the others show: on more networks and images, in a second host
// The last line is `N passed, N failed`; the exit code is 1 if anything failed.
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { run, runMain, SetupError } from './host/run.mjs';
import { installStandIn, packagesOfStandIn } from './host/stand-in.mjs';
import { requirePackages } from './host/system.mjs';
import { results } from './test/mocha.mjs';
import { runJobs } from './test/queue.mjs';
import { summaryOf } from './test/results.mjs';
import { STAGES } from './test/stages.mjs';

/** With this flag, the files in dist and out are tested without a build. */
const BUILT = '--built';

/** Of memory that one job with tests of large models takes. */
const JOB_BYTES = 4 * 2 ** 30;
/** Jobs at a time. Most of them wait now and then, for a process or a window: with as many as processors, these would too. */
const PLACES = Math.max(1, Math.min(Math.ceil(1.5 * availableParallelism()), Math.floor(totalmem() / JOB_BYTES)));

/** @param {readonly string[]} named */
function stagesOf(named) {
  /** @type {[string, import('./test/stages.mjs').Stage][]} */
  const stages = Object.entries(STAGES);
  const unknown = named.find((name) => !stages.some(([known]) => known === name));
  if (unknown) {
    const known = stages.map(([name]) => name);
    throw new SetupError(`${unknown}: no such stage; there are ${known.join(', ')}`);
  }
  return stages.filter(([name, { whenNamed }]) => (named.length ? named.includes(name) : !whenNamed));
}

runMain(async () => {
  const args = process.argv.slice(2);
  const stages = stagesOf(args.filter((name) => name !== BUILT));
  if (!args.includes(BUILT)) {
    rmSync(results, { recursive: true, force: true });
    if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) throw new SetupError('The build failed.');
  }
  mkdirSync(results, { recursive: true });

  const usesStandIn = stages.some(([, { standIn }]) => standIn);
  const packages = stages.flatMap(([, stage]) => stage.packages ?? []);
  await requirePackages([...new Set([...packages, ...(usesStandIn ? packagesOfStandIn() : [])])]);
  // The installation mostly waits for the network or uses one processor, and the first stages do not need it.
  const installed = usesStandIn ? installStandIn() : Promise.resolve();
  installed.catch(() => 'told by the stage that waits for it');

  const start = performance.now();
  const jobs = stages.flatMap(([, stage]) =>
    stage.jobs().map((job) => (stage.standIn ? { ...job, after: installed } : job)),
  );
  const tests = await runJobs(jobs, PLACES);
  console.log(`\n${Math.round((performance.now() - start) / 1000)} s, ${PLACES} jobs at a time`);
  console.log(summaryOf(tests));
  process.exitCode = tests.some(({ state }) => state === 'failed') ? 1 : 0;
});
