// `npm run durations`: keeps how long each test file took in the runs whose results are in test-results, for `byDuration`.
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

/**
 * Puts the files that take longest first, so that no process is still busy with one while the others have nothing left. Files
 * that have not been measured keep their order and come before those of the last second.
 *
 * @param {readonly string[]} files
 */
export function byDuration(files) {
  const seconds = known();
  const of = (/** @type {string} */ file) => seconds[keyOf(file)] ?? 1;
  return files.toSorted((a, b) => of(b) - of(a));
}

/** Replaces what was known of the files that the last runs had. */
function refresh() {
  const results = fileURLToPath(new URL('../../test-results', import.meta.url));
  /** @type {Map<string, number>} */
  const measured = new Map();
  for (const name of readdirSync(results).filter((each) => each.endsWith('.json')))
    for (const { file, milliseconds = 0 } of JSON.parse(readFileSync(path.join(results, name), 'utf8')).tests)
      if (file) measured.set(keyOf(file), (measured.get(keyOf(file)) ?? 0) + milliseconds / 1000);
  const all = { ...known(), ...Object.fromEntries([...measured].map(([key, value]) => [key, Math.round(value)])) };
  const longest = Object.entries(all).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(longest), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) refresh();
