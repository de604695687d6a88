/** Which file says what the classes of a dataset mean to a model. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Mapping } from '../core/annotations/mapping';
import { datasetErrors } from '../core/dataset-errors';
import { mappingBeside, readMapping } from '../files/annotations';
import { mappingFileOf, type VersionInfo } from '../protocol/dataset';

export interface MappingQuestion {
  readonly run: string;
  /** Path of a file that is named now. */
  readonly asked?: string | undefined;
  /** Versions of the run file, which remember what was named before. */
  readonly known: readonly VersionInfo[];
}

/**
 * A file that is named now counts first, then the one beside the run file, then the one that was named last for a model with
 * these classes.
 *
 * @returns without a mapping if there is none of these, so that names count; `named` is what to remember
 * @throws mapping-invalid, also if what was named before is gone; unknown-class, ambiguous-class
 */
export async function mappingFor(
  { run, asked, known }: MappingQuestion,
  labels: readonly string[],
): Promise<{ readonly mapping?: Mapping; readonly named?: string }> {
  if (asked !== undefined) {
    const named = path.resolve(asked);
    return { mapping: await readMapping(named, [], labels), named };
  }
  const named = known.findLast((version) => version.mapping !== undefined && areSame(version.labels, labels))?.mapping;
  const remembered = named === undefined ? {} : { named };
  const beside = await mappingBeside(run);
  if (beside === undefined && named !== undefined && !existsSync(named))
    throw datasetErrors.mappingGone(named, mappingFileOf(run));
  const file = beside ?? named;
  return { ...(file !== undefined && { mapping: await readMapping(file, [], labels) }), ...remembered };
}

export const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);
