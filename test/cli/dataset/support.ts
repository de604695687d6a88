/** Rows of run files, as the command line prints them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { groupCamEnds } from '../../support/cli';

export interface PrintedRow {
  readonly image: string;
  readonly true?: readonly string[];
  readonly predicted?: string;
  readonly p?: number;
  readonly loss?: number;
  readonly margin?: number;
  readonly entropy?: number;
  readonly correct?: boolean;
  readonly top?: readonly { readonly label: string; readonly p: number }[];
  readonly map?: {
    readonly method: string;
    readonly layer: string;
    readonly maximum?: readonly [number, number];
    readonly energy?: number;
    readonly hit?: boolean;
  };
  readonly tags?: readonly string[];
  readonly error?: string;
}

/** Runs `group-cam` and asserts that it succeeds. */
export async function succeeds(
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const ended = await groupCamEnds(args);
  assert.equal(ended.code, 0, ended.stderr);
  return ended;
}

export async function rowsOf(run: string, query = '', ...args: readonly string[]): Promise<readonly PrintedRow[]> {
  const { stdout } = await succeeds('query', run, query, '--json', ...args);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The processes that a process has started; Linux alone tells. */
export function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}
