// Measures a run file of a million made up rows; see `rows/make.mjs` and `rows/measure.mjs`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { newerNode } from '../host/node.mjs';
import { root } from '../host/run.mjs';
import { replaceMeasured, table, thisMachine } from '../report.mjs';
import { median } from './runs.mjs';

const ROWS = 1_000_000;
const RUNS = 5;
const LIMITS = { page: 1000, first: 300, whole: 1000, memory: 600 };
const MEGABYTE = 1e6;

const folder = path.join(root, '.vscode-test', 'bench');
const store = path.join(folder, 'store.mjs');
/** Kept between runs, since it takes minutes to make. */
const file = path.join(folder, `${ROWS}-rows.groupcam`);
/** @param {string} name */
const script = (name) => path.join(root, 'scripts', 'bench', 'rows', name);

/** @param {string} report the page with a part `rows` */
export async function benchRows(report) {
  mkdirSync(folder, { recursive: true });
  const node = await newerNode();
  await esbuild.build({
    entryPoints: [path.join(root, 'src', 'runner', 'store', 'open.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: store,
  });
  if (!existsSync(file)) makeFile(node);
  const runs = Array.from({ length: RUNS }, () =>
    JSON.parse(execFileSync(node, [script('measure.mjs'), store, file], { encoding: 'utf8' })),
  );
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  replaceMeasured(report, 'rows', `medians of ${RUNS} processes`, tables(runs), { ...thisMachine(), version });
}

/** @param {string} node */
function makeFile(node) {
  console.log(`Making ${file} (once; minutes)`);
  const draft = path.join(folder, 'draft.groupcam');
  for (const end of ['', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true });
  execFileSync(node, [script('make.mjs'), store, draft, `${ROWS}`], { stdio: 'inherit' });
  renameSync(draft, file);
}

/** @param {readonly any[]} runs */
function tables(runs) {
  /** @param {(run: any) => number} of */
  const mid = (of) => median(runs.map(of));
  /** @param {number} value @param {number} limit */
  const line = (value, limit) => [value.toFixed(0), `${limit}`, value < limit ? 'yes' : 'NO'];
  const whole = [
    ['', 'measured', 'less than', 'met'],
    [
      'from opening to the first page, ms',
      ...line(
        mid(({ page }) => page),
        LIMITS.page,
      ),
    ],
    [
      'resident memory, MB',
      ...line(
        mid(({ peak }) => peak / MEGABYTE),
        LIMITS.memory,
      ),
    ],
    ['histograms of a query, ms', mid(({ histograms }) => histograms).toFixed(0), '', ''],
    ['classes, ms', mid(({ classes }) => classes).toFixed(0), '', ''],
  ];
  const queries = runs[0].queries.map(
    (/** @type {{ query: string, count: number }} */ { query, count }, /** @type {number} */ i) => {
      const first = mid((run) => run.queries[i].first);
      const all = mid((run) => run.queries[i].whole);
      const met = first < LIMITS.first && all < LIMITS.whole;
      const blocked = mid((run) => run.queries[i].blocked);
      return [
        query === '' ? '(all)' : `\`${query}\``,
        `${count}`,
        ...[first, all, blocked].map((ms) => ms.toFixed(0)),
        met ? 'yes' : 'NO',
      ];
    },
  );
  const head = [
    'query',
    'rows',
    `first 200, ms (< ${LIMITS.first})`,
    `whole, ms (< ${LIMITS.whole})`,
    'longest without a pause, ms',
    'met',
  ];
  return `${table(whole)}\n\n${table([head, ...queries])}`;
}
