// Measures a run file of many rows in a fresh process: `node measure.mjs STORE FILE` prints JSON with milliseconds, and
// bytes of memory. Needs a Node that has node:sqlite.
import { pathToFileURL } from 'node:url';

const [store = '', file = ''] = process.argv.slice(2);
const { openRunFile } = await import(pathToFileURL(store).href);

const FIRST = 200;
const QUERIES = [
  '',
  'order by path desc',
  'wrong',
  'wrong and p > 0.9',
  'true = "class 3"',
  'predicted = "class 3" and not split = val',
  'tag = relabel',
  'path ~ "val/"',
  'path ~ "image_0999999"',
  'order by loss desc',
  'order by margin',
  'wrong order by entropy desc',
  'path ~ "7.jpg" order by agreement',
];
const signal = { aborted: false };

const start = performance.now();
const run = await openRunFile(file, {});
const opened = performance.now() - start;
await run.list({ version: 1, query: '', first: FIRST }, { signal, emit: () => {} });
const page = performance.now() - start;

const queries = [];
// Another query comes between, so that no list is taken from those that are kept.
for (const query of [...QUERIES.slice(1), QUERIES[0]]) {
  const from = performance.now();
  let first = 0;
  let longest = 0;
  let last = from;
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const { count } = await run.list(
    { version: 1, query: query === '' ? 'limit 1000000000' : query, first: FIRST },
    { signal, emit: () => (first = performance.now() - from) },
  );
  const whole = performance.now() - from;
  longest = Math.max(longest, performance.now() - last);
  clearInterval(watch);
  queries.push({ query, count, first, whole, blocked: longest });
}
/** @param {() => unknown} act */
const timed = async (act) => {
  const from = performance.now();
  await act();
  return performance.now() - from;
};
const histograms = await timed(() => run.histograms({ version: 1, query: 'wrong', bins: 40 }, { signal }));
const classes = await timed(() => run.classes({ version: 1 }));
const memory = process.memoryUsage.rss();
const peak = process.resourceUsage().maxRSS * 1024;
run.close();
console.log(JSON.stringify({ opened, page, queries, histograms, classes, memory, peak }));
