// Gradients of every torchvision classifier against autograd, written to docs/zoo.md. Takes hours, and goes on where it
// was stopped. Usage: zoo.mjs [--again] [NAME ...]; --again measures the named models anew.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { testBundle } from './build.mjs';
import { page } from './zoo/page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = '/usr/bin/python3';
const exporter = path.join(root, 'scripts', 'zoo', 'export.py');
const tool = path.join(root, '..', 'shared', 'tools', 'export-torchvision.py');
const measurer = path.join(root, 'out', 'test', 'zoo', 'measure.entry.js');
const rows = path.join(root, '.vscode-test', 'zoo');

/** Rounding tips ReLUs and maxima over their kinks on some inputs, on small ones seldom; a wrong rule is wrong on all. */
const TOLERANCE = 1e-3;
const ATTEMPTS = [['1'], ['6'], ['6', '64']];

/** @param {string[]} args */
function run(args, command = python) {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return {
    stdout,
    failure: error?.message ?? (status === 0 ? undefined : (signal ?? stderr.trim().split('\n').at(-1))),
  };
}

/**
 * The last line as JSON, or what the process died of.
 *
 * @param {string[]} args
 */
function ask(args, command = python) {
  const { stdout, failure } = run(args, command);
  return failure === undefined ? JSON.parse(stdout.trim().split('\n').at(-1) ?? '') : { error: failure };
}

/**
 * @param {string} name
 * @param {string[]} inputs how many, and their size if it is not the model's own
 */
function attempt(name, inputs) {
  const folder = mkdtempSync(path.join(rows, 'export-'));
  try {
    const exported = ask([exporter, tool, folder, name, ...inputs]);
    if (exported.error) return { name, exporter: exported.error };
    const measured = ask([measurer, path.join(folder, name), ...exported.classes], process.execPath);
    return { name, ...measured, own: exported.own, size: inputs[1] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} name */
function measure(name) {
  /** @type {import('./zoo/page.mjs').Row | undefined} */
  let row;
  for (const inputs of ATTEMPTS) {
    row = attempt(name, inputs);
    if (!row?.errors || Math.min(...row.errors) <= TOLERANCE) break;
  }
  return row;
}

const again = process.argv.includes('--again');
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const { stdout, failure } = run([exporter, tool, '--list']);
if (failure) throw new Error(`torchvision's models can't be listed: ${failure}`);
const names = stdout.trim().split('\n');

mkdirSync(rows, { recursive: true });
for (const left of readdirSync(rows).filter((entry) => entry.startsWith('export-')))
  rmSync(path.join(rows, left), { recursive: true });
await esbuild.build({ ...testBundle(), entryPoints: ['test/zoo/measure.entry.ts'] });
for (const name of wanted.length > 0 ? wanted : names) {
  const file = path.join(rows, `${name}.json`);
  if (existsSync(file) && !again) continue;
  const row = measure(name);
  writeFileSync(file, JSON.stringify(row));
  console.log(JSON.stringify(row));
}
const known = names.map((name) => path.join(rows, `${name}.json`)).filter((file) => existsSync(file));
mkdirSync(path.join(root, 'docs'), { recursive: true });
writeFileSync(
  path.join(root, 'docs', 'zoo.md'),
  page(
    known.map((file) => JSON.parse(readFileSync(file, 'utf8'))),
    names.length,
  ),
);
