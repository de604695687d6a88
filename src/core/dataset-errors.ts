/** The failures of datasets, run files and queries; see `errors.ts`. */
import type { ErrorCode } from './error-codes';
import { ExplainError } from './errors';
import { few } from './few';

const make = (code: ErrorCode, message: string, cause?: unknown): ExplainError =>
  new ExplainError(code, message, cause === undefined ? undefined : { cause });

export const datasetErrors = {
  /** @param at the position in the query, from 0 */
  queryInvalid: (query: string, at: number, reason: string) =>
    make('query-invalid', `query, at character ${at + 1} ("${query.slice(at, at + 20)}"): ${reason}.`),
  /** @param names of the versions that there are */
  noSuchVersion: (name: string, names: readonly string[]) =>
    make('query-invalid', `query: no version is called "${name}" (there are: ${names.join(', ') || 'none'}).`),
  /** @param reason in words */
  versionName: (name: string, reason: string) =>
    make('bad-option', `a version can't be called ${name}: ${reason}. Choose another name.`),
  /** @param what a cluster, or a set of clusters */
  unknownCluster: (what: string, name: string, known: readonly string[], near: string | undefined) => {
    const meant = near === undefined ? '' : `; did you mean "${near}"?`;
    return make(
      'query-invalid',
      known.length === 0
        ? `"${name}": no clusters are found yet. Find the clusters first.`
        : `there is no ${what} "${name}"${meant || '.'} There are: ${few(known, 10)}.`,
    );
  },
  listForgotten: (list: number) =>
    make('list-forgotten', `list ${list} is no longer kept: newer ones took its place. Make the list again.`),
  datasetInvalid: (source: string, reason: string) =>
    make('dataset-invalid', `${source}: not a usable dataset (${reason}).`),
  runFileInvalid: (file: string, reason: string, cause?: unknown) =>
    make(
      'run-file-invalid',
      `${file}: not a readable run file (${reason}). Remove it, or choose another file, and inspect the dataset again.`,
      cause,
    ),
  /** @param what it is, in words */
  notRunFile: (file: string, what: string) =>
    make('run-file-invalid', `${file}: not a run file (${what}). It stays as it is; choose another name.`),
  /** @param others run files that may be meant */
  runFileMissing: (file: string, others: readonly string[]) =>
    make(
      'run-file-invalid',
      `${file}: no such run file. ${others.length > 0 ? `Is one of these meant? ${few(others)}.` : 'Name one that Inspect Dataset or group-cam dataset has made; their names end in .groupcam.'}`,
    ),
  runFileGone: (file: string) =>
    make(
      'run-file-invalid',
      `${file}: the run file was removed or renamed. Inspect the dataset again to make a new one.`,
    ),
  /** For forms in which each path is a line. */
  pathBroken: (file: string) =>
    make(
      'bad-option',
      `${file}: its path has a line break, so it can't be a line in a list of paths. Rename it, or leave it out.`,
    ),
  runFileNewer: (file: string, theirs: number, ours: number) =>
    make(
      'run-file-newer',
      `${file}: written by a newer Group-CAM (form ${theirs}, this one knows ${ours}). Update Group-CAM to open it.`,
    ),
  runFileBusy: (file: string, owner: string) =>
    make(
      'run-file-busy',
      `${file}: ${owner} is computing for this run file, in another window or on the command line. Until that has ended, it can only be read here.`,
    ),
  runFileUnwritable: (file: string, reason: string) =>
    make(
      'run-file-unwritable',
      `${file}: can't be written (${reason}). What was written before is kept; make room, or choose another folder.`,
    ),
  runFileRemote: (address: string) =>
    make('run-file-invalid', `${address}: run files open from this machine's disks only. Copy it, with its images.`),
  /** @param begun whether its journal is there */
  reportMissing: (folder: string, begun: boolean) =>
    make(
      'dataset-invalid',
      begun
        ? `${folder}: the evaluation is not finished, so there is no report yet. Run the same group-cam evaluate again to go on.`
        : `${folder}: no report of an evaluation (report.html) is there.`,
    ),
  /** @param reason in words, as `VersionInfo.unavailable` */
  versionUnavailable: (name: string, reason: string) =>
    make('model-missing', `${name}: its model can't be run (${reason}). What is stored of it stays.`),
  /** @param what has changed, in words */
  modelChanged: (file: string, what: string) =>
    make(
      'model-changed',
      `${file}: not the model of this version any more (${what}). What is computed stays; inspect the dataset with it again to make another version.`,
    ),
  /** @param reason what the work itself has said */
  workFailed: (reason: string) => make('work-failed', reason),
  nodeTooOld: (version: string) =>
    make(
      'node-too-old',
      `datasets need Node 22.13 or newer, and this is ${version}. Update Node, or VS Code to 1.101.`,
    ),
} as const;
