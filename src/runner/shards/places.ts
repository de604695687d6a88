/** Where the files of a shard lie in the shared folder. */
import path from 'node:path';
import { makeInside } from './folder';
import type { ShardJob } from './form';
import type { Plan } from './plan';

export const FOLDER = 'shards';
/** Shards of a folder: file systems slow down with more files in one. */
const BLOCK = 1000;
export const RESULT = '.rows';
/** The ending of a record that names the result, where a file system has no hard links. */
export const RECORD = '.commit';

export const blockOf = (shard: number): number => Math.floor(shard / BLOCK);
export const blockName = (block: number): string => String(block).padStart(4, '0');
export const shardsOfBlock = ({ shards }: Pick<Plan, 'shards'>, block: number): number =>
  Math.min(BLOCK, shards - block * BLOCK);

/** Without its ending. A part of a shard has its images in its name. */
export function stemOf({ range }: Pick<Plan, 'range'>, { shard, from, to }: ShardJob): string {
  const whole = range(shard);
  const part = whole.from === from && whole.to === to ? '' : `.${from}-${to}`;
  return `${String(shard).padStart(7, '0')}${part}`;
}

/** Path of a file of the job; its folder need not be there. */
export const placeOf = (plan: Plan, job: ShardJob, ending: string): string =>
  path.join(plan.folder, FOLDER, blockName(blockOf(job.shard)), `${stemOf(plan, job)}${ending}`);

/** Makes the folder of a job's files. @throws shared-invalid */
export const makePlace = async (plan: Plan, job: ShardJob): Promise<string> =>
  makeInside(await makeInside(plan.folder, FOLDER), blockName(blockOf(job.shard)));
