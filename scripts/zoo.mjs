// Gradients of every torchvision classifier against autograd, written to docs/zoo.md. Takes hours, and goes on where it
// was stopped. Usage: zoo.mjs [--again | --times] [--inputs N] [NAME ...]; --again measures the named models again,
// --times only the times of those that were measured; N (4) random inputs are given to each: large models take minutes
// for one. Several runs can work at the same time on models of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { testBundle } from './build.mjs';
import { cellsOf, isMeasured, page, readPage, withTimes } from './zoo/page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = '/usr/bin/python3';
const exporter = path.join(root, 'scripts', 'zoo', 'export.py');
const tool = path.join(root, '..', 'shared', 'tools', 'export-torchvision.py');
const measurer = path.join(root, 'out', 'test', 'zoo', 'measure.entry.js');
const exports = path.join(root, '.vscode-test', 'zoo');
const report = path.join(root, 'docs', 'zoo.md');

/** @param {string[]} args */
function run(args, command = python) {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return {
    stdout,
    failure: error?.message ?? (status === 0 ? undefined : (signal ?? stderr.trim().split('\n').at(-1))),
  };
}

/**
 * The last line of the output as JSON. If the process dies, this says nothing about the model, so the script ends
 * instead of adding a row.
 *
 * @param {string[]} args
 */
function ask(args, command = python) {
  const { stdout, failure } = run(args, command);
  if (failure !== undefined) throw new Error(`${args.join(' ')}: ${failure}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** @param {string} name @param {string} inputs how many */
function measure(name, inputs) {
  const folder = mkdtempSync(path.join(exports, `export-${process.pid}-`));
  try {
    const { error, classes, own, double } = ask([exporter, tool, folder, name, inputs]);
    if (error) return { name, exporter: error };
    const args = [path.join(folder, name), String(double), ...classes];
    return { name, ...ask([measurer, ...args], process.execPath), own };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.env['GROUP_CAM_THREADS'] = '1';
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: 'boolean', default: false },
    times: { type: 'boolean', default: false },
    inputs: { type: 'string', default: '4' },
  },
});
const { stdout, failure } = run([exporter, tool, '--list']);
if (failure) throw new Error(`torchvision's models can't be listed: ${failure}`);
const names = stdout.trim().split('\n');
const readKnown = () => (existsSync(report) ? readPage(readFileSync(report, 'utf8')) : new Map());

mkdirSync(exports, { recursive: true });
for (const left of readdirSync(exports))
  if (!existsSync(`/proc/${left.split('-')[1]}`)) rmSync(path.join(exports, left), { recursive: true });
await esbuild.build({ ...testBundle(), entryPoints: ['test/zoo/measure.entry.ts'] });
for (const name of wanted.length > 0 ? wanted : names) {
  const cells = readKnown().get(name);
  if (values.times ? !isMeasured(cells) : cells && !values.again) continue;
  const row = measure(name, values.times ? '0' : values.inputs);
  console.log(JSON.stringify(row));
  // Another run may have added rows in the meantime.
  const known = readKnown();
  known.set(name, values.times ? withTimes(cells, row) : cellsOf(row, cells));
  const [done, missing] = [names.filter((other) => known.has(other)), names.filter((other) => !known.has(other))];
  mkdirSync(path.dirname(report), { recursive: true });
  writeFileSync(
    report,
    page(
      done.map((other) => known.get(other)),
      missing,
    ),
  );
}
