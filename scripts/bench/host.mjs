// Measures how much the extension host's side of a run file of a million rows grows; see test/bench/host-rows.entry.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { newerNode } from '../host/node.mjs';
import { root, SetupError } from '../host/run.mjs';
import { table } from '../report.mjs';
import { child, median, replaceResults } from './runs.mjs';

/** As `rows.mjs` makes it. */
const RUN = path.join(root, '.vscode-test', 'bench', '1000000-rows.groupcam');
const LIMIT = 50;
const MEGABYTE = 1e6;

/** @param {number} runs */
export async function benchHost(runs) {
  if (!existsSync(RUN)) throw new SetupError(`${RUN} is not there: npm run bench -- --rows makes it`);
  const node = await newerNode();
  /** @type {any[]} */
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await child('host-rows', [node, RUN]));
  const of = (/** @type {'held' | 'resident' | 'posted'} */ key) =>
    median(results.map((result) => result[key])) / MEGABYTE;
  const megabytes = (/** @type {number} */ value) => `${value.toFixed(1)} MB`;
  const head = [
    'rows',
    'sent to the page',
    'held more at the end',
    'resident memory grew by at most',
    'less than',
    'met',
  ];
  const line = [
    `${results[0].items}`,
    megabytes(of('posted')),
    megabytes(of('held')),
    megabytes(of('resident')),
    megabytes(LIMIT),
    of('resident') < LIMIT ? 'yes' : 'NO',
  ];
  replaceResults('host', runs, table([head, line]));
}
