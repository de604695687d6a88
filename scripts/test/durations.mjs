// `npm run durations`: keeps how long each test file took in the runs whose results are in test-results, for the queue.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('durations.json', import.meta.url));

/** The key of a test file: its path below `test`, without endings. */
const keyOf = (/** @type {string} */ file) =>
  (file.split(`${path.sep}out${path.sep}test${path.sep}`)[1] ?? file)
    .replaceAll(path.sep, '/')
    .replace(/\.test\.js$/, '');

/** @returns {Record<string, number>} seconds by key */
const known = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {});

const kept = known();

/** Of the shortest file: it has to be loaded. */
const LEAST = 0.2;

/**
 * What a test file takes, its hooks included; a second if it was not measured.
 *
 * @param {string} file
 */
export const secondsOf = (file) => Math.max(kept[keyOf(file)] ?? 1, LEAST);

/** Replaces what was known of the files that the last runs had. */
function refresh() {
  const results = fileURLToPath(new URL('../../test-results', import.meta.url));
  /** @type {Map<string, number>} */
  const measured = new Map();
  for (const name of readdirSync(results).filter((each) => each.endsWith('.json')))
    for (const [file, milliseconds] of Object.entries(JSON.parse(readFileSync(path.join(results, name), 'utf8')).files))
      measured.set(keyOf(file), milliseconds / 1000);
  const all = { ...kept, ...Object.fromEntries([...measured].map(([key, value]) => [key, Math.round(value)])) };
  const longest = Object.entries(all).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(longest), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) refresh();
