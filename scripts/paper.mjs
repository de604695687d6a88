// `npm run paper [-- experiment...]`: the experiments of the Group-CAM paper on MobileNet v2 and SqueezeNet, written to
// docs/paper.md. Takes an hour and more, and goes on where it was stopped; the page is written from the results so far.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './host/run.mjs';
import { EXPERIMENTS, MODELS } from './paper/experiments.mjs';
import { page } from './paper/page.mjs';

const results = path.join(root, '.vscode-test', 'paper');
const docs = path.join(root, 'docs');

/**
 * @param {readonly string[]} args
 * @param {'inherit' | 'pipe'} stdout
 */
function groupCam(args, stdout) {
  const command = [path.join(root, 'dist', 'group-cam.js'), ...args];
  const run = spawnSync(process.execPath, command, { stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`group-cam ${args.join(' ')} failed (${run.error?.message ?? run.status})`);
  return run.stdout;
}

/**
 * @param {string} name
 * @param {{ name: string, file: string }} model
 */
function measure(name, model) {
  const experiment = EXPERIMENTS[name];
  if (!experiment) throw new Error(`${name}: no experiment; there are ${Object.keys(EXPERIMENTS).join(', ')}`);
  const { args, kind } = experiment;
  const place = path.join(results, model.name, name);
  const ofModel = [...args, '--model', model.file];
  if (kind === 'report') groupCam([...ofModel, '--report', place], 'inherit');
  else if (!existsSync(place)) writeFileSync(place, groupCam(ofModel, 'pipe'));
}

/** @param {string} file */
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/**
 * What is known of a model.
 *
 * @param {{ name: string, title: string }} model
 */
function found({ name, title }) {
  const at = (/** @type {string[]} */ ...parts) => path.join(results, name, ...parts);
  const json = (/** @type {string[]} */ ...parts) => JSON.parse(read(at(...parts)) ?? 'null') ?? undefined;
  const figure = `paper-figure5-${name}.svg`;
  if (existsSync(at('ablation', 'ablation.svg'))) cpSync(at('ablation', 'ablation.svg'), path.join(docs, figure));
  const reports = {
    table1: json('table1', 'report.json'),
    all: json('table1-all', 'report.json'),
    ablation: json('ablation', 'ablation.json'),
    table4: json('table4', 'report.json'),
  };
  const models = new Set(Object.values(reports).flatMap((report) => report?.sha256 ?? []));
  if (models.size > 1) throw new Error(`${at()}: its reports are of different models; remove those of the older one`);
  return {
    title,
    figure,
    ...reports,
    times: read(at('table3.json'))
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    sanity: json('sanity.json'),
  };
}

const wanted = process.argv.slice(2);
await build({ tests: false });
for (const model of MODELS) mkdirSync(path.join(results, model.name), { recursive: true });
for (const name of wanted.length > 0 ? wanted : Object.keys(EXPERIMENTS)) {
  for (const model of MODELS) measure(name, model);
}
const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown processor'}`;
writeFileSync(path.join(docs, 'paper.md'), page(MODELS.map(found), machine));
