/** Bad input to the command line: one clear line that names it, exit code 1, nothing written. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ended, groupCamEnds } from '../support/cli';
import { project } from '../support/shared';

export const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
export const DEMO = project('media', 'demo', 'demo-objects.onnx');

export function assertOneLine({ code, stdout, stderr }: Ended, message: RegExp): void {
  assert.match(stderr, message);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^error: [^\n]+\n$/, 'one line');
}

export interface Scratch {
  readonly folder: () => string;
  /** Writes a file into the folder and gives its path. */
  readonly write: (name: string, bytes: Uint8Array | string) => string;
  /** Runs `explain`, which must fail with `message` and leave the folder as it was. */
  readonly refused: (message: RegExp, ...args: readonly string[]) => Promise<void>;
}

/** A folder for the tests of the calling `describe`. */
export function scratch(): Scratch {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-bad-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const listed = () => readdirSync(folder, { recursive: true }).sort();
  return {
    folder: () => folder,
    write: (name, bytes) => {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      return file;
    },
    refused: async (message, ...args) => {
      const before = listed();
      assertOneLine(await groupCamEnds(['explain', ...args, '--npy', path.join(folder, 'out', 'x.npy')]), message);
      assert.deepEqual(listed(), before, 'nothing is written');
    },
  };
}
