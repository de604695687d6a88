// `npm run gallery [-- METHOD ...]`: every method on every photograph of ../shared by its four models. Takes an hour or
// two, goes on where it was stopped, and writes the counts to docs/methods.md, with a sheet of the demo's images beside
// it. The named methods are computed again. `--sheet` draws the sheet alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { counts } from './gallery/page.mjs';
import { root, run, runMain, SetupError } from './host/run.mjs';
import { replacePart } from './report.mjs';

const rows = path.join(root, '.vscode-test', 'gallery', 'rows.jsonl');
const report = path.join(root, 'docs', 'methods.md');
const sheet = path.join(root, 'docs', 'methods.jpg');
const scenes = path.join(root, 'media', 'demo', 'scenes');
/** Images on the sheet, of two or three objects each. */
const SHOWN = [
  ...['cat-and-dog', 'tiger-and-cat', 'turtle-and-fish', 'pizza-and-apple', 'guitar-and-camera'],
  ...['elephant-and-butterfly', 'rocket-and-sailboat', 'bicycle-and-car-and-bus'],
];
/** One in so many photographs is explained with all passes. */
const EVERY = '83';

/** @param {string} name @param {readonly string[]} args */
async function entry(name, args) {
  const script = path.join(root, 'out', 'test', 'gallery', `${name}.entry.js`);
  const code = await run(process.execPath, ['--enable-source-maps', script, ...args]);
  if (code !== 0) throw new SetupError(`${name}.entry.js ended with ${code}; what is done is kept`);
}

/** @param {string} file */
function readLines(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
}

runMain(async () => {
  const { values, positionals: again } = parseArgs({
    allowPositionals: true,
    options: { sheet: { type: 'boolean', default: false } },
  });
  await build();
  if (!values.sheet) {
    mkdirSync(path.dirname(rows), { recursive: true });
    const kept = readLines(rows).filter((line) => !again.includes(JSON.parse(line).method));
    writeFileSync(rows, kept.map((line) => `${line}\n`).join(''));
    await entry('explain', [rows, EVERY]);
    const text = counts(readLines(rows).map((line) => JSON.parse(line)));
    replacePart(report, 'results', text);
    console.log(text);
  }
  await entry('sheet', [sheet, 'demo', ...SHOWN.map((name) => path.join(scenes, `${name}.png`))]);
});
