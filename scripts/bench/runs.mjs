// Runs measured processes, and makes their inputs.
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, SetupError } from '../host/run.mjs';
import { replaceMeasured } from '../report.mjs';

/**
 * Runs an entry of test/bench in a process of its own. Its result has `cold`: milliseconds from the fork to its first
 * result.
 *
 * @param {string} entry
 * @param {readonly (string | undefined)[]} args
 */
export function child(entry, args) {
  const start = performance.now();
  const forked = fork(path.join(root, 'out', 'test', 'bench', `${entry}.entry.js`), args.map(String), {
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  let cold = Number.NaN;
  /** @type {Promise<any>} */
  const result = new Promise((resolve, reject) => {
    forked.on('message', (/** @type {any} */ message) => {
      if (message.first) cold = performance.now() - start;
      else resolve({ ...message.result, cold });
    });
    forked.on('error', reject);
    forked.on('exit', (code) => reject(new SetupError(`${entry} ${args.join(' ')} ended with ${code}`)));
  });
  return result;
}

/**
 * An input of [1, 3, 224, 224]: a stored one or noise, with a little noise of its own so that each is another image.
 *
 * @param {string} file
 * @param {number} seed
 * @param {string} [base]
 */
export function writeInput(file, seed, base) {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 224, 224), }".padEnd(117).concat('\n');
  const values = new Float32Array(3 * 224 * 224);
  if (base) values.set(new Float32Array(Uint8Array.from(readFileSync(base).subarray(-values.byteLength)).buffer));
  let state = 1;
  const noise = () => {
    state = (state * 48271) % 0x7fffffff;
    return (state / 0x7fffffff) * 2 - 1;
  };
  for (let i = 0; i < values.length; i++) values[i] = (base ? (values[i] ?? 0) : noise()) + 1e-4 * seed;
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`, 'latin1');
  writeFileSync(file, Buffer.concat([start, new Uint8Array(values.buffer)]));
  return file;
}

/** @param {readonly number[]} values */
export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * Replaces what a part of docs/bench.md says of this machine.
 *
 * @param {string} part
 * @param {number} pairs
 * @param {string} tables
 */
export function replaceResults(part, pairs, tables) {
  replaceMeasured(path.join(root, 'docs', 'bench.md'), part, `medians of ${pairs} runs`, tables);
}
