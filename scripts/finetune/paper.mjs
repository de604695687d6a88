// `npm run finetune-paper [-- --full] [--page]`: fine-tuning as in section 5 of the Group-CAM paper, against controls, written
// to docs/finetune.md. It begins no training after two hours, unless it is given `--full`, and goes on after the results that
// are in `results`, since all of them take hours. `--page` writes the page of the results so far.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { child } from '../bench/runs.mjs';
import { build } from '../build.mjs';
import { root, runMain } from '../host/run.mjs';
import { replacePart, thisMachine } from '../report.mjs';
import { ARMS, NETWORKS, SEEDS } from './jobs.mjs';
import { resultsPart } from './page.mjs';

const place = path.join(root, '.vscode-test', 'finetune');
const results = path.join(root, 'scripts', 'finetune', 'results');
const LIMIT = 2 * 60 * 60 * 1000;

runMain(async () => {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
    },
  });
  if (!values.built) await build();
  const begun = Date.now();
  mkdirSync(place, { recursive: true });
  for (const network of NETWORKS) mkdirSync(path.join(results, network.name), { recursive: true });
  // A seed is complete before the next begins, so that arms can be compared at any time.
  for (const seed of values.page ? [] : SEEDS) {
    for (const network of NETWORKS) {
      for (const arm of ARMS) {
        if (!values.full && Date.now() - begun > LIMIT) break;
        await measure(network, arm, seed);
        await writePage();
      }
    }
  }
  await writePage();
});

/**
 * @param {import('./jobs.mjs').Network} network
 * @param {string} arm
 * @param {number} seed
 */
async function measure({ name, model, options, split }, arm, seed) {
  const file = path.join(results, name, `${seed}-${arm}.json`);
  if (existsSync(file)) return;
  const job = path.join(place, `${name}-${seed}-${arm}.job`);
  const output = path.join(place, `${name}-${seed}-${arm}.onnx`);
  writeFileSync(job, JSON.stringify({ model, ...split(seed), arm, options: { ...options, seed }, output }));
  const result = await child('finetune', [job]);
  writeFileSync(`${file}.part`, `${JSON.stringify({ arm, seed, machine: thisMachine().processor, ...result })}\n`);
  renameSync(`${file}.part`, file);
  console.log(`${name}, seed ${seed}, ${arm}: ${Math.round(result.seconds)} s`);
}

async function writePage() {
  const parts = [];
  for (const network of NETWORKS) {
    const folder = path.join(results, network.name);
    const known = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const rows =
      known.length > 0 ? await child('finetune-statistics', [folder, network.shared ? 'shared' : 'apart']) : [];
    parts.push({
      network,
      rows: Object.values(rows).filter((row) => row?.arm),
      machines: known.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')).machine),
      missing: SEEDS.length * ARMS.length - known.length,
    });
  }
  replacePart(path.join(root, 'docs', 'finetune.md'), 'results', resultsPart(parts));
}
