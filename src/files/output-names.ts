/** Names of output files: a single file, or a folder with one file for each image and class. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { errors } from '../core/errors';

/** Returns the output file for an image and a class. */
export type OutputName = (image: string, classIndex: number) => string;

/**
 * @param option name of the option, such as `--output`
 * @param value its value
 * @param extension extension of the files, such as `.png`
 * @param images all that will be explained
 * @param several true for more than one pair of image and class; `value` must then be a folder
 * @throws bad-option, output-clash; before anything is computed
 */
export function outputName(
  option: string,
  value: string,
  extension: string,
  images: readonly string[],
  several: boolean,
): OutputName {
  if (value.trim() === '') throw errors.badOption(option, value, `a ${extension} file or a folder`);
  const isFile = !isFolder(value);
  const isWanted = path.extname(value).toLowerCase() === extension;
  if (several && isFile && isWanted) {
    throw errors.badOption(option, value, 'a folder, since there are several maps to write');
  }
  if (!several && isFile && path.extname(value) !== '') {
    if (isWanted) return () => value;
    throw errors.badOption(
      option,
      value,
      `a ${extension} file, or a folder (end the name of a new one with ${path.sep})`,
    );
  }
  checkStems(value, extension, images);
  return (image, classIndex) => path.join(value, `${stemOf(image)}.${classIndex}${extension}`);
}

function isFolder(value: string): boolean {
  return /[\\/]$/.test(value) || (existsSync(value) && statSync(value).isDirectory());
}

function checkStems(folder: string, extension: string, images: readonly string[]): void {
  const first = new Map<string, string>();
  for (const image of images) {
    const stem = stemOf(image);
    const other = first.get(stem);
    if (other !== undefined) {
      throw errors.outputClash(path.join(folder, `${stem}.<class>${extension}`), other, image);
    }
    first.set(stem, image);
  }
}

const stemOf = (file: string): string => path.parse(file).name;
