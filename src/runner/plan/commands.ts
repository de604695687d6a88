/** Commands that messages name, as they can be pasted into a shell. */

/** A word of a command line, quoted for POSIX shells where it has to be. */
const word = (text: string): string => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const command = (...words: readonly string[]): string => ['group-cam', ...words.map(word)].join(' ');

/** @param file the run file @param a @param b names of versions */
export const shiftCommand = (file: string, a: string, b: string): string => command('shift', file, a, b);

/** @param file the run file @param version its name */
export const clustersCommand = (file: string, version: string): string =>
  command('clusters', file, '--version', version);

/** Prints the rows, with their classes. */
export const queryCommand = (file: string): string => command('query', file, '--csv');

/** Prints the classes of a model, among other things. */
export const inspectCommand = (model: string): string => command('inspect', model, '--json');

interface Shared {
  readonly shared: string;
  /** Of the images. */
  readonly root: string;
  readonly choice: { readonly path?: string; readonly labels?: string };
}

/** Starts a worker with what is at these places on this machine. The queue's address is no part of it: it may have a password. */
export const workerCommand = ({ shared, root, choice: { path = 'model.onnx', labels } }: Shared): string =>
  command(
    ...['worker', '--shared', shared, '--root', root, '--model', path],
    ...(labels === undefined ? [] : ['--labels', labels]),
  );

/** @param folder of the shards @param run the run file, if it is known */
export const mergeCommand = (folder: string, run = 'r.groupcam'): string => command('merge', folder, '--run', run);
