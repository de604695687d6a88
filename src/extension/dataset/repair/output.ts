/** Where a repaired model goes: beside the model, under a new name, never over a file that exists. Pure. */
import path from 'node:path';

const EXTENSION = '.onnx';
const MOST = 1000;

/**
 * The file that is proposed for the repair of a model: `net-repaired.onnx`, then `net-repaired-2.onnx` and so on.
 *
 * @param exists whether there is a file of that path
 */
export function proposedOutput(model: string, exists: (file: string) => boolean): string {
  const { dir, name } = path.parse(model);
  const stem = name.replace(/-repaired(-\d+)?$/, '');
  for (let i = 1; i < MOST; i++) {
    const file = path.join(dir, `${stem}-repaired${i === 1 ? '' : `-${i}`}${EXTENSION}`);
    if (!exists(file)) return file;
  }
  return path.join(dir, `${stem}-repaired-${MOST}${EXTENSION}`);
}

/** Why a file can't be that of a new model, in words; undefined if it can. */
export function outputFault(
  file: string,
  { exists, isFolder }: { exists(file: string): boolean; isFolder(file: string): boolean },
): string | undefined {
  if (file.trim() === '') return 'Choose a file for the new model.';
  if (!path.isAbsolute(file)) return 'Name the whole path, from the root on.';
  if (path.extname(file).toLowerCase() !== EXTENSION) return `Its name has to end in ${EXTENSION}.`;
  if (exists(file)) return `${path.basename(file)} exists already, and no model is written over. Choose another name.`;
  if (!isFolder(path.dirname(file))) return `There is no folder ${path.dirname(file)}.`;
  return undefined;
}
