/** Merges the shards of a folder into a run file that nobody else writes to meanwhile. */

import { openRunFile } from '../open-file';
import { createRunFiles } from '../run-files';
import { createWorks } from '../work/works';
import { type MergeReport, mergeShards, mergeTarget } from './merge';
import { openPlan } from './plan';

/** @throws shared-invalid; what run files throw; cancelled, with what was merged before it kept */
export async function mergeFolder(folder: string, run: string, signal: AbortSignal): Promise<MergeReport> {
  const plan = await openPlan(folder);
  const works = createWorks(
    () => {},
    () => {},
  );
  const files = createRunFiles({
    openRunFile,
    works: () => works,
    thumbnails: undefined,
    onlyReads: false,
    kept: undefined,
    log: () => {},
  });
  const { writable } = await files.open(run, true);
  try {
    return await mergeShards(await mergeTarget(writable(), plan, signal), signal);
  } finally {
    await files.close(run);
  }
}
