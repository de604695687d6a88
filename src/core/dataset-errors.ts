/** The failures of datasets, run files and queries; see `errors.ts`. */
import type { ErrorCode } from './error-codes';
import { ExplainError } from './errors';
import { few } from './few';

const make = (code: ErrorCode, message: string, cause?: unknown): ExplainError =>
  new ExplainError(code, message, cause === undefined ? undefined : { cause });

export const datasetErrors = {
  /** @param at the position in the query, from 0 @param reason in words; without a full stop at its end */
  queryInvalid: (query: string, at: number, reason: string) => {
    const end = reason.endsWith('?') ? '' : '.';
    return make('query-invalid', `query, at character ${at + 1} ("${query.slice(at, at + 20)}"): ${reason}${end}`);
  },
  /** @param known classes that are meant perhaps, in brackets */
  unknownClass: (query: string, at: number, name: string, known: string) =>
    datasetErrors.queryInvalid(query, at, `no class is called "${name}"${known}`),
  /** @param names of the versions that there are */
  noSuchVersion: (name: string, names: readonly string[]) =>
    make('query-invalid', `query: no version is called "${name}" (there are: ${names.join(', ') || 'none'}).`),
  /** @param reason in words */
  versionName: (name: string, reason: string) =>
    make('bad-option', `a version can't be called ${name}: ${reason}. Choose another name.`),
  /** @param what a cluster, or a set of clusters */
  unknownCluster: (what: string, name: string, known: readonly string[], near: string | undefined) => {
    const meant = near === undefined ? '' : `; did you mean "${near}"?`;
    return make('query-invalid', `there is no ${what} "${name}"${meant || '.'} There are: ${few(known, 10)}.`);
  },
  /** @param name a cluster, or a set of clusters @param command that finds them */
  noClusters: (name: string, version: string, command: string) =>
    make(
      'query-invalid',
      `"${name}": no clusters of ${version} are found yet. Find them by ${command}, or by Find Clusters on the page Clusters.`,
    ),
  /** @param file that was named before @param beside where one would count instead */
  mappingGone: (file: string, beside: string) =>
    make(
      'mapping-invalid',
      `${file}: this mapping of classes was named before by --mapping and is gone. Put it back, name another by --mapping, or save one as ${beside}.`,
    ),
  /** @param a name of the version that the heat has moved from @param b that of the rows @param command that computes it */
  shiftUnknown: (a: string, b: string, command: string) =>
    make(
      'query-invalid',
      `no shift of the heat from ${a} to ${b} is computed yet. Compute it by ${command}, or by Compute the Shift on the page Versions.`,
    ),
  shiftOfItself: (name: string) =>
    make(
      'query-invalid',
      `there is no shift of the heat from ${name} to itself. Name the version before it, or ask for the rows of another one.`,
    ),
  /** Nothing can be computed between the two either. */
  shiftImpossible: (a: string, b: string) =>
    make(
      'query-invalid',
      `there is no shift of the heat from ${a} to ${b}: no image is computed by both of which ${b} knows the class that ${a} predicts.`,
    ),
  /** @param which the images that the query is to find @param failure that of the query */
  queryOf: (which: string, failure: string) => make('query-invalid', `${which}: ${failure}`),
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
      `${file}: ${owner} has this run file open, in another window or on the command line. Until it lets go of it, it can only be read here.`,
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
  /** @param reason in words, with what to do */
  notTrainable: (version: string, reason: string) =>
    make('not-trainable', `${version} can't be trained so: ${reason}.`),
  trainedFileExists: (output: string) =>
    make(
      'output-taken',
      `${output}: not written, since a file is there. A repaired model gets a file of its own: name another.`,
    ),
  /** @param state in words */
  trainingThere: (output: string, state: string) =>
    make(
      'output-taken',
      `${output}: another training that writes there ${state}. Go on with it or remove it, or name another file.`,
    ),
  trainingDone: (output: string) =>
    make('output-taken', `${output}: this training is done. To train on, train the version that it has added.`),
  trainingImageChanged: (file: string) =>
    make(
      'image-unreadable',
      `${file}: not the image that the training began with. Put it back, or start another training.`,
    ),
  /** @param what differs, in words */
  planDiffers: (folder: string, what: string) =>
    make(
      'plan-differs',
      `${folder}: it has another plan (${what}). Make both the same, or name another folder for this work.`,
    ),
  /** @param file in the shared folder, or that folder @param remedy what to do */
  /** @param missing numbers from 1 on, as workers say them */
  shardsMissing: (folder: string, missing: readonly number[], shards: number) =>
    make(
      'shared-invalid',
      `${folder}: ${missing.length} of ${shards} shards are not computed yet (${few(missing.map(String))}). What is there is merged; compute the others, and merge again.`,
    ),
  sharedInvalid: (file: string, reason: string, remedy: string) =>
    make('shared-invalid', `${file}: not usable as a part of shared work (${reason}). ${remedy}`),
  nodeTooOld: (version: string) =>
    make(
      'node-too-old',
      `datasets need Node 22.13 or newer, and this is ${version}. Update Node, or VS Code to 1.101.`,
    ),
  /** @param reason in words; the address itself may hold a password, so it is not repeated */
  addressInvalid: (reason: string) =>
    make(
      'queue-address',
      `the queue's address can't be used: ${reason}. Give one such as redis://host:6379, rediss://user:password@host:6379 or postgres://user:password@host/database.`,
    ),
  noAddress: () =>
    make(
      'queue-address',
      "no queue is named. Set the variable GROUP_CAM_QUEUE to the queue's address, or give --queue redis://host:6379.",
    ),
  unreachable: (queue: string, reason: string) =>
    make(
      'queue-unreachable',
      `${queue}: the queue can't be used (${reason}). Check that it runs, and its address, user and password.`,
    ),
  /** What a job of the queue asks for; the worker goes on with the next one. */
  jobRefused: (reason: string) => make('job-refused', `refused: ${reason}. Nothing was read or computed for it.`),
  /** @param shards that came back again and again @param reason of the last one that failed */
  shardsFailed: (shards: number, times: number, reason: string) =>
    make(
      'work-failed',
      `${shards === 1 ? 'a shard has' : `${shards} shards have`} failed ${times} times on the workers (${reason}). What is computed is kept; run the same command again to try again.`,
    ),
} as const;
