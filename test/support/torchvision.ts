/** Classifiers exported from torchvision with seeded weights, made once and kept in .vscode-test/torchvision. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { missing, needs, project, shared } from './shared';

/** Debian's Python, whose packages python3-torch and python3-onnx the export needs. */
const PYTHON = '/usr/bin/python3';
const TOOL = shared('tools', 'export-torchvision.py');
const EXPORT = project('scripts', 'zoo', 'export.py');
const MINUTES = 60_000;

/**
 * The path of a model's .onnx file; beside it lies the .npz with input, logits, class and the input's gradient by
 * autograd. Skips the calling test, or fails it with CI set, where it can't be made.
 *
 * @param context `this` of the test or hook
 * @param name torchvision's, such as densenet121
 * @param statistics of batch norms: drawn at random, or measured on noise, as of a network that was trained
 */
export function torchvision(context: Mocha.Context, name: string, statistics: 'drawn' | 'measured' = 'drawn'): string {
  const folder = project('.vscode-test', 'torchvision');
  const stem = statistics === 'drawn' ? name : `${name}.measured`;
  const file = path.join(folder, `${stem}.onnx`);
  if (existsSync(file)) return file;
  needs(context, PYTHON, `${name} can't be exported`);
  needs(context, TOOL, `${name} can't be exported`);
  context.timeout(10 * MINUTES);
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(path.join(folder, 'export-'));
  try {
    const args = [EXPORT, TOOL, made, name, '0', ...(statistics === 'measured' ? ['measured'] : [])];
    const { stdout, stderr } = spawnSync(PYTHON, args, { encoding: 'utf8', timeout: 9 * MINUTES });
    if (!existsSync(path.join(made, `${name}.onnx`))) missing(context, `${name} was not exported: ${stdout}${stderr}`);
    // The model last: where it is, the rest is too.
    renameSync(path.join(made, `${name}.npz`), path.join(folder, `${stem}.npz`));
    renameSync(path.join(made, `${name}.onnx`), file);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return file;
}
