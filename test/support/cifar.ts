/** CIFAR-10's test images as files. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { project, shared } from './shared';

export const CIFAR = shared('cifar10', 'test.tar.gz');
export const RESNET20 = shared('models', 'cifar10_resnet20.onnx');

/** Folders of an archive in `.vscode-test`, by class; it is unpacked by the first test that asks. */
export function cifarFolder(part: 'test' | 'train' = 'test'): string {
  const folder = project('.vscode-test', `cifar10-${part}`);
  if (existsSync(folder)) return folder;
  const draft = mkdtempSync(`${folder}-`);
  execFileSync('tar', ['-xzf', shared('cifar10', `${part}.tar.gz`), '-C', draft]);
  try {
    renameSync(path.join(draft, part), folder);
  } catch (thrown) {
    // Another process may have unpacked it in the meantime.
    if (!existsSync(folder)) throw thrown;
  }
  rmSync(draft, { recursive: true, force: true });
  return folder;
}

/** Copies the first images of each class into a folder, so that a test may change them. */
export function cifarSubset(folder: string, perClass: number): string {
  const source = cifarFolder();
  for (const name of readdirSync(source)) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (const file of readdirSync(path.join(source, name)).sort().slice(0, perClass))
      copyFileSync(path.join(source, name, file), path.join(folder, name, file));
  }
  return folder;
}
