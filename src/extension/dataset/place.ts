/** Where the run file of a source lies. Pure but for the folders that it looks at. */
import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../core/errors';
import { runFileBeside, runFileIn, secondRunFile } from './source';

export interface Place {
  readonly run: string;
  /** Why it is not beside the dataset. */
  readonly note?: string;
}

export interface PlaceOptions {
  /** The extension's own folder for run files that can't lie elsewhere. */
  readonly storage: string;
  /** True if a run file is that of another source, which still exists. */
  belongsToOther(run: string): Promise<boolean>;
}

export async function placeFor(
  source: string,
  isFolder: boolean,
  { storage, belongsToOther }: PlaceOptions,
): Promise<Place> {
  for (const run of [runFileBeside(source, isFolder), secondRunFile(source)]) {
    if (!existsSync(run)) return newPlace(run, source, storage);
    if (!(await belongsToOther(run))) return { run };
  }
  return newPlace(runFileIn(storage, source), source, storage);
}

/** A new run file: where it was meant to lie, or in the extension's storage if that can't be written. */
async function newPlace(run: string, source: string, storage: string): Promise<Place> {
  const why = await whyUnwritable(run);
  if (why === undefined) return { run };
  await mkdir(storage, { recursive: true });
  const kept = runFileIn(storage, source);
  return { run: kept, note: `${path.dirname(run)} can't be written (${why}), so the run file is ${kept}.` };
}

/** A file is made, since what the system says of a folder's permissions is not always true, as on Windows. */
async function whyUnwritable(run: string): Promise<string | undefined> {
  const tried = `${run}.${process.pid}.new`;
  try {
    await (await open(tried, 'wx')).close();
    await rm(tried, { force: true });
    return undefined;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}
