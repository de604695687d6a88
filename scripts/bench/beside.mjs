// Measures how much later the first frame of an explanation comes while a dataset is swept.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { newerNode } from '../host/node.mjs';
import { root } from '../host/run.mjs';
import { table } from '../report.mjs';
import { child, replaceResults } from './runs.mjs';
import { picturesIn } from './sweep.mjs';

/** Milliseconds that the sweep may add to the first frame. */
const LIMIT = 300;
const shared = path.join(root, '..', 'shared');
const MODEL = path.join(shared, 'models', 'mobilenet_v2.onnx');
/** So many images that the sweep is not over before the explanations are. */
const SWEPT = path.join(shared, 'cifar10', 'test.tar.gz');
const EXPLAINED = path.join(shared, 'images', 'imagenet');

/** @param {number} pairs */
export async function benchBeside(pairs) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-beside-'));
  try {
    execFileSync('tar', ['xzf', SWEPT, '-C', folder]);
    const images = picturesIn(EXPLAINED).slice(0, 1 + 2 * pairs);
    const run = path.join(folder, 'run.groupcam');
    const { alone, beside, swept } = await child('beside-sweep', [
      await newerNode(),
      MODEL,
      path.join(folder, 'test'),
      run,
      ...images,
    ]);
    const added = beside.first - alone.first;
    const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
    const head = [
      'model',
      'first frame, sweep paused',
      'beside the sweep',
      'later by',
      'at most',
      'met',
      'worst beside',
    ];
    const line = [
      ms(alone.first),
      ms(beside.first),
      ms(added),
      ms(LIMIT),
      added <= LIMIT ? 'yes' : 'NO',
      ms(beside.worst),
    ];
    const text = table([head, ['MobileNet v2', ...line]]);
    console.log(text, `\n${swept} images swept meanwhile`);
    replaceResults('beside', pairs, text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
