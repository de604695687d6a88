/** What a run file remembers of how it was made, for whoever brings it up to date. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunInfo } from '../protocol/dataset';
import type { ModelChoice } from '../protocol/requests';
import type { RunnerRequests } from '../protocol/runner';
import type { RunFiles } from './run-files';

export interface Remembered {
  readonly versions: RunInfo['versions'];
  /** Of each version. */
  readonly choices: readonly ModelChoice[];
  readonly limit?: number;
  /** Paths of the images that are listed; none if all are. */
  readonly drawn: ReadonlySet<string>;
}

export const NOTHING_REMEMBERED: Remembered = { versions: [], choices: [], drawn: new Set() };

/** What is remembered in a run file that is there and has the same dataset. */
export async function rememberedIn(
  files: RunFiles,
  { run: file, source, limit }: Pick<RunnerRequests['prepare']['params'], 'run' | 'source' | 'limit'>,
): Promise<Remembered> {
  if (!existsSync(file)) return NOTHING_REMEMBERED;
  const run = await files.open(file, true);
  try {
    const info = run.info();
    if (info.source !== path.resolve(source)) return NOTHING_REMEMBERED;
    const isDrawn = (limit ?? info.limit) !== undefined;
    return {
      versions: info.versions,
      choices: info.versions.map(({ id }) => run.file.versionChoice(id).choice),
      ...(info.limit !== undefined && { limit: info.limit }),
      drawn: isDrawn ? run.file.paths() : NOTHING_REMEMBERED.drawn,
    };
  } finally {
    await files.close(file);
  }
}
