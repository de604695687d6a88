// Measures the time and memory of explanations, against plain forward passes and against PyTorch. Figures are medians of
// paired runs, each in a fresh process.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, runQuietly, SetupError } from '../host/run.mjs';
import { benchMethods, methodTables } from './methods.mjs';
import { child, median, replaceResults, writeInput } from './runs.mjs';

const PYTHON = '/usr/bin/python3';
const shared = path.join(root, '..', 'shared');
const torchvision = path.join(root, '.vscode-test', 'torchvision');

/**
 * @typedef {object} BenchModel
 * @property {string} name
 * @property {string} file
 * @property {number} limit of the time of Group-CAM over 33 plain passes
 * @property {number} goal
 * @property {number} [torchLimit] of the time of Group-CAM over PyTorch's
 * @property {string} [input] a stored input; without one, noise
 */

/** @type {Readonly<Record<string, BenchModel>>} */
const MODELS = {
  resnet50: {
    name: 'ResNet-50',
    file: path.join(torchvision, 'resnet50.onnx'),
    limit: 1.15,
    goal: 1.05,
    torchLimit: 0.45,
  },
  vgg19: { name: 'VGG-19', file: path.join(torchvision, 'vgg19.onnx'), limit: 1.15, goal: 1.05 },
  mobilenet_v2: {
    name: 'MobileNet v2',
    file: path.join(shared, 'models', 'mobilenet_v2.onnx'),
    limit: 1.35,
    goal: 1.15,
    torchLimit: 0.25,
    input: path.join(shared, 'reference', 'mobilenet_v2', 'case_00', 'input.npy'),
  },
  squeezenet1_1: {
    name: 'SqueezeNet 1.1',
    file: path.join(shared, 'models', 'squeezenet1_1.onnx'),
    limit: 1.35,
    goal: 1.15,
    input: path.join(shared, 'reference', 'squeezenet1_1', 'case_00', 'input.npy'),
  },
};
/** Small models, in which the overhead around the passes is most visible. Methods are measured on these. */
const SMALL = ['mobilenet_v2', 'squeezenet1_1'];
const FIRST_FRAME_LIMIT = 2.5;
const COLD_LIMIT = 2.5;
const MEMORY_LIMIT = 1.8;
/** The largest model: while it is explained, the process that asked must stay as responsive as an idle one. */
const HOST_MODEL = 'vgg19';
const HOST_DELAY_LIMIT = 20;
/** Limit for the work of the page's main thread, which has 16 ms for a frame of the screen. */
const PAGE_WORK_LIMIT = 8;

/** Chunks that a plain session is tried with, and the one the engine uses on the CPU. */
const CHUNKS = [1, 4, 8, 16, 33];
const OUR_CHUNK = 4;
const REPEATS = 3;

/**
 * @param {readonly string[]} positionals names of models; none: all
 * @param {{ pairs: number, torch: boolean, methods: boolean }} options
 */
export async function benchExplanations(positionals, { pairs, torch, methods }) {
  const names = positionals.length > 0 ? positionals : methods ? SMALL : Object.keys(MODELS);
  const unknown = names.find((name) => !(name in MODELS));
  if (unknown) throw new SetupError(`${unknown}: not one of ${Object.keys(MODELS).join(', ')}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  try {
    if (methods) {
      await benchAllMethods(names, folder, pairs);
      return;
    }
    const rows = [];
    for (const name of names) {
      await prepare(name);
      const rowsOfModel = await benchModel(name, folder, pairs, torch);
      for (const measure of name === HOST_MODEL ? [benchHost, benchPage] : [])
        rowsOfModel.push(await measure(name, folder, pairs));
      console.log(table(rowsOfModel));
      rows.push(...rowsOfModel);
    }
    replaceResults('results', pairs, table(rows));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} names @param {string} folder @param {number} pairs */
async function benchAllMethods(names, folder, pairs) {
  const results = [];
  for (const name of names) {
    await prepare(name);
    const { name: title, file, input } = modelOf(name);
    const inputs = [0, 1, 2].map((i) => writeInput(path.join(folder, `${i}.npy`), i, input));
    results.push(await benchMethods(title, file, inputs, pairs));
  }
  replaceResults('methods', pairs, methodTables(results));
}

/** Exports a model of torchvision if it is missing. @param {string} name */
async function prepare(name) {
  const { file } = modelOf(name);
  if (existsSync(file)) return;
  if (path.dirname(file) !== torchvision) throw new SetupError(`${file} is missing`);
  mkdirSync(torchvision, { recursive: true });
  await runQuietly(PYTHON, [path.join(shared, 'tools', 'export-torchvision.py'), torchvision, name]);
}

/** @param {string} name */
function modelOf(name) {
  return /** @type {BenchModel} */ (MODELS[name]);
}

/**
 * @typedef {{ model: string, what: string, figure: number, unit: string, limit?: number, goal?: number, detail: string }} Row
 *
 * @param {string} name
 * @param {string} folder for inputs
 * @param {number} pairs
 * @param {boolean} withTorch
 * @returns {Promise<Row[]>}
 */
async function benchModel(name, folder, pairs, withTorch) {
  const { name: model, file, limit, goal, torchLimit, input } = modelOf(name);
  const inputs = Array.from({ length: REPEATS + 1 }, (_, i) => writeInput(path.join(folder, `${i}.npy`), i, input));
  const { classes } = await child('classes', [file, inputs[0], '200']);
  const best = await bestChunk(file);

  /** @type {Record<string, number[]>} */
  const figures = { total: [], first: [], cold: [], memory: [], torch: [], ms: [], plainMs: [] };
  let last;
  for (let pair = 0; pair < pairs; pair++) {
    const plain = await child('plain', [file, `${best}`, `${REPEATS}`]);
    const plainMemory = await child('plain', [file, `${OUR_CHUNK}`, '1']);
    const ours = await child('explain', [file, classes.join(','), ...inputs]);
    last = ours;
    figures.total?.push(ours.total / plain.chunks[best]);
    figures.first?.push(ours.first / plain.pass);
    figures.cold?.push(ours.cold / plain.cold);
    figures.memory?.push(ours.peak / plainMemory.peak);
    figures.ms?.push(ours.total);
    figures.plainMs?.push(plain.chunks[best]);
    if (withTorch && torchLimit) figures.torch?.push(ours.total / 1000 / torchSeconds(name));
  }
  const ratio = (/** @type {string} */ key) => median(figures[key] ?? []);
  const passes = `${last.passes} passes, ${last.masks[0]} masks`;
  return [
    {
      model,
      what: 'Group-CAM over 33 plain passes',
      figure: ratio('total'),
      unit: '×',
      limit,
      goal,
      detail: `${ratio('ms').toFixed(0)} over ${ratio('plainMs').toFixed(0)} ms; plain chunks of ${best}; ${passes}`,
    },
    {
      model,
      what: 'first frame, warm, over one plain pass',
      figure: ratio('first'),
      unit: '×',
      limit: FIRST_FRAME_LIMIT,
      detail: '',
    },
    {
      model,
      what: 'cold start to the first heatmap over fork, plain session and one pass',
      figure: ratio('cold'),
      unit: '×',
      limit: COLD_LIMIT,
      detail: '',
    },
    {
      model,
      what: 'another class of the same image',
      figure: last.otherPasses,
      unit: ' passes',
      limit: last.masks[1],
      detail: `${last.masks[1]} masks that are not constant`,
    },
    {
      model,
      what: 'peak memory over a plain session',
      figure: ratio('memory'),
      unit: '×',
      limit: MEMORY_LIMIT,
      detail: `${last.peak.toFixed(0)} MB`,
    },
    ...(figures.torch?.length
      ? [
          {
            model,
            what: 'Group-CAM over PyTorch',
            figure: ratio('torch'),
            unit: '×',
            limit: torchLimit ?? 0,
            detail: `${os.cpus().length} threads`,
          },
        ]
      : []),
  ];
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {number} pairs
 * @returns {Promise<Row>}
 */
async function benchHost(name, folder, pairs) {
  const { name: model, file, input } = modelOf(name);
  const tensor = writeInput(path.join(folder, 'host.npy'), 0, input);
  const runs = [];
  for (let pair = 0; pair < pairs; pair++) runs.push(await child('host', [file, tensor, '0']));
  const [idle, busy] = [median(runs.map((run) => run.idle)), median(runs.map((run) => run.busy))];
  return {
    model,
    what: "event-loop delay (p99) of the asking process over an idle one's",
    figure: median(runs.map((run) => run.busy - run.idle)),
    unit: ' ms',
    limit: HOST_DELAY_LIMIT,
    detail: `${busy.toFixed(1)} and ${idle.toFixed(1)} ms`,
  };
}

/**
 * @param {string} name
 * @param {string} _folder
 * @param {number} pairs
 * @returns {Promise<Row>}
 */
async function benchPage(name, _folder, pairs) {
  const { name: model, file } = modelOf(name);
  const runs = [];
  for (let pair = 0; pair < pairs; pair++) runs.push(await child('page', [file, '0']));
  return {
    model,
    what: "CPU time of the page's main thread in its busiest frame",
    figure: median(runs.map((run) => run.longest)),
    unit: ' ms',
    limit: PAGE_WORK_LIMIT,
    detail: `${runs[0].frames} frames, median ${median(runs.map((run) => run.median)).toFixed(1)} ms`,
  };
}

/** The chunk with which a plain session needs the least time for 33 passes. @param {string} file */
async function bestChunk(file) {
  const { chunks } = await child('plain', [file, CHUNKS.join(','), `${REPEATS}`]);
  return Number(Object.keys(chunks).reduce((a, b) => (chunks[a] <= chunks[b] ? a : b)));
}

/** Median seconds of Group-CAM in PyTorch, as its own script measures them. @param {string} name */
function torchSeconds(name) {
  const script = path.join(shared, 'tools', 'group_cam_torch.py');
  return Number(execFileSync(PYTHON, [script, name, `${os.availableParallelism()}`], { encoding: 'utf8' }));
}

/** @param {readonly Row[]} rows */
function table(rows) {
  const cells = rows.map(({ model, what, figure, unit, limit, goal, detail }) => {
    const digits = unit === '×' ? 2 : 0;
    const met = limit === undefined || figure <= limit ? 'yes' : 'NO';
    const bound = limit === undefined ? '' : `${limit}${goal ? ` (goal ${goal})` : ''}`;
    return `| ${model} | ${what} | ${figure.toFixed(digits)}${unit} | ${bound} | ${met} | ${detail} |`;
  });
  return ['| model | what | measured | at most | met | detail |', '|---|---|---|---|---|---|', ...cells].join('\n');
}
