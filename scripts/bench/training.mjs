// Measures a training step relative to PyTorch's: loss, gradients of all weights, and SGD, on the same machine in turn.
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/run.mjs';
import { table } from '../report.mjs';
import { child, median, replaceResults } from './runs.mjs';

const SCRIPT = path.join(root, 'scripts', 'zoo', 'onnx_torch.py');
const LIMITS = { time: 2.5, memory: 2 };
/** The first step makes what later ones have. */
const STEPS = 3;

/** @type {readonly { name: string, file: string, side: number, batch: number }[]} */
const NETWORKS = [
  { name: 'ResNet-20', file: 'cifar10_resnet20.onnx', side: 32, batch: 128 },
  { name: 'MobileNet v2', file: 'mobilenet_v2.onnx', side: 224, batch: 16 },
];

/**
 * @typedef {object} Measured
 * @property {number[]} work seconds of each step that processors worked, in which waiting for other programs does not count
 * @property {number} memory VmHWM in bytes
 */

/** @param {number} pairs */
export async function benchTraining(pairs) {
  const lines = [
    [
      'network',
      'batch',
      'threads',
      'step, processor time',
      "PyTorch's",
      'ratio',
      'at most',
      'memory',
      "PyTorch's",
      'ratio',
      'met',
    ],
  ];
  for (const { name, file, side, batch } of NETWORKS) {
    const model = path.join(root, '..', 'shared', 'models', file);
    for (const threads of [1]) {
      const args = [model, side, batch, STEPS, threads].map(String);
      /** @type {{ ours: Measured, theirs: Measured }[]} */
      const rounds = [];
      for (let i = 0; i < pairs; i++) {
        const ours = await child('training/step', args);
        const told = execFileSync('/usr/bin/python3', ['-W', 'ignore', SCRIPT, 'time', ...args], { encoding: 'utf8' });
        rounds.push({ ours, theirs: JSON.parse(told) });
        console.log(
          `${name}, pair ${i + 1} of ${pairs}, a load of ${os.loadavg()[0]?.toFixed(0)}: ${JSON.stringify(rounds.at(-1))}`,
        );
      }
      const step = (/** @type {Measured} */ { work }) => median(work.slice(1));
      const of = (/** @type {(round: typeof rounds[number]) => number} */ figure) => median(rounds.map(figure));
      const time = of(({ ours, theirs }) => step(ours) / step(theirs));
      const memory = of(({ ours, theirs }) => ours.memory / theirs.memory);
      const seconds = (/** @type {number} */ value) => `${value.toFixed(2)} s`;
      const megabytes = (/** @type {number} */ value) => `${Math.round(value / 1e6)} MB`;
      lines.push([
        name,
        `${batch}`,
        `${threads}`,
        seconds(of(({ ours }) => step(ours))),
        seconds(of(({ theirs }) => step(theirs))),
        time.toFixed(2),
        `${LIMITS.time}`,
        megabytes(of(({ ours }) => ours.memory)),
        megabytes(of(({ theirs }) => theirs.memory)),
        memory.toFixed(2),
        time <= LIMITS.time && memory <= LIMITS.memory ? 'yes' : 'NO',
      ]);
    }
  }
  replaceResults('training', pairs, table(lines));
}
