// `npm run finetune-repair [-- FOLDER ...] [--seeds 3] [--arms head,plain]`: repairs the demo's shortcut, that of
// ../shared/shortcut and those of other folders that ../shared/tools/plant-shortcut.py or plant.py has made, as a user does with
// `group-cam`, and prints what is left of them on pictures that nobody trained on. Goes on where it was stopped.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { child } from '../bench/runs.mjs';
import { build } from '../build.mjs';
import { root, run, runMain, SetupError } from '../host/run.mjs';
import { table } from '../report.mjs';
import { demoSet, made, plantedSet } from './repair-sets.mjs';

const place = path.join(root, '.vscode-test', 'finetune-repair');

/** @typedef {{ right: number[], taken: number[], heat: number[] }} Measured */

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '3' },
      arms: { type: 'string', default: 'head,plain' },
      built: { type: 'boolean', default: false },
    },
  });
  if (!values.built) await build();
  const planted = [path.join(root, '..', 'shared', 'shortcut'), ...positionals].filter((folder) => existsSync(folder));
  const rows = [];
  for (const set of [demoSet(), ...planted.map(plantedSet)]) {
    const folder = made(path.join(place, set.name));
    const pictures = await set.pictures(made(path.join(folder, 'pictures')));
    const measured = (/** @type {string} */ name, /** @type {string} */ model) =>
      measure(set, folder, name, model, pictures);
    const before = await measured('before', set.model);
    rows.push([set.name, 'before', '', ...rowOf(before)]);
    const file = path.join(folder, 'set.groupcam');
    await groupCam('dataset', set.images, '--model', set.model, '--run', file);
    await groupCam('clusters', file, '--class', set.label);
    for (const arm of values.arms.split(','))
      for (let seed = 0; seed < Number(values.seeds); seed++) {
        const output = path.join(folder, `${arm}-${seed}.onnx`);
        const training = ['--train', '', '--arm', arm, '--seed', `${seed}`, '--output', output];
        if (!existsSync(measurementOf(folder, `${arm}-${seed}`)))
          await groupCam('finetune', file, '--model', set.model, ...training);
        const after = await measured(`${arm}-${seed}`, output);
        rows.push([set.name, arm, `${seed}`, ...rowOf(after, before)]);
        console.log(rows.at(-1)?.join('  '));
      }
  }
  console.log(
    table([['set', 'arm', 'seed', 'marked others taken', 'accuracy', 'its change, points', 'heat'], ...rows]),
  );
});

/** @param {readonly string[]} args */
async function groupCam(...args) {
  const code = await run(process.execPath, [path.join(root, 'dist', 'group-cam.js'), ...args, '--device', 'cpu'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (code !== 0) throw new SetupError(`group-cam ${args.join(' ')} ended with ${code}`);
}

/** @param {string} folder @param {string} name */
const measurementOf = (folder, name) => path.join(folder, `${name}.json`);

/**
 * @param {import('./repair-sets.mjs').Set} set @param {string} folder @param {string} name @param {string} model
 * @param {readonly import('./repair-sets.mjs').Picture[]} images
 * @returns {Promise<Measured>}
 */
async function measure({ label, labels, side }, folder, name, model, images) {
  const file = measurementOf(folder, name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const job = path.join(folder, `${name}.job`);
  writeFileSync(job, JSON.stringify({ model, index: labels.indexOf(label), images, side }));
  const result = await child('../support/reliance', [job]);
  rmSync(job);
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
  return result;
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Shares, and the change of the accuracy on the same pictures with its interval of 95 % by the normal approximation.
 *
 * @param {Measured} now @param {Measured} [before]
 */
function rowOf(now, before) {
  const change = before ? now.right.map((one, i) => one - (before.right[i] ?? 0)) : [];
  const [by, n] = [mean(change), change.length];
  const error = 1.96 * Math.sqrt(mean(change.map((one) => (one - by) ** 2)) / n);
  const points = (/** @type {number} */ value) => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  return [
    mean(now.taken).toFixed(3),
    mean(now.right).toFixed(3),
    before ? `${points(by)} (${points(by - error)} to ${points(by + error)})` : '',
    mean(now.heat).toFixed(3),
  ];
}
