/** What *Inspect Dataset* is about, and where the run file of it lies. Pure. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import type { VersionInfo } from '../../protocol/dataset';
import { extensionOf, isImage } from '../../protocol/image-files';
import type { RunnerRequests } from '../../protocol/runner';

export const RUN_EXTENSION = 'groupcam';

/** Files that can list a dataset; the manifest's menus name the same. */
export const LIST_EXTENSIONS = ['json', 'jsonl', 'csv', 'yaml', 'yml', 'txt'] as const;

export const isRunFile = (file: string): boolean => extensionOf(file) === RUN_EXTENSION;

/** More selected images than these are a dataset; so many fit a strip of thumbnails. */
export const MOST_IN_STRIP = 50;

/**
 * What a command is about: several images are listed, a run file is opened, and everything else is a source.
 *
 * @param files paths of the clicked file and the selection with it
 */
export function meantBy(
  files: readonly string[],
): { run: string } | { source: string } | { images: string[] } | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  if (isRunFile(first)) return { run: first };
  const images = files.filter(isImage);
  return images.length > 0 && isImage(first) ? { images } : { source: first };
}

/** The run file of a source: it has the source's name, and lies beside it. */
export function runFileBeside(source: string, isFolder: boolean): string {
  const { dir, base, name } = path.parse(path.resolve(source));
  return path.join(dir, `${(isFolder ? base : name) || 'dataset'}.${RUN_EXTENSION}`);
}

/** For a source whose run file beside it belongs to another one, such as `val.json` beside the folder `val`. */
export function secondRunFile(source: string): string {
  return `${path.resolve(source)}.${RUN_EXTENSION}`;
}

/** The run file of a source whose folder can't be written. */
export function runFileIn(storage: string, source: string): string {
  const { name } = path.parse(path.resolve(source));
  return path.join(storage, `${name || 'dataset'}-${shortHash(source)}.${RUN_EXTENSION}`);
}

/** The text of a list of images, and its name, which is the same for the same images. @throws bad-option */
export function listOfImages(images: readonly string[]): { readonly name: string; readonly text: string } {
  const sorted = [...new Set(images)].sort();
  const broken = sorted.find((file) => /[\n\r]/.test(file));
  if (broken !== undefined) throw datasetErrors.pathBroken(broken);
  const text = `${sorted.join('\n')}\n`;
  return { name: `${sorted.length} images ${shortHash(text)}.txt`, text };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** The version of the model that a run file was prepared for. */
export function versionOf({ versions, prepared }: RunnerRequests['prepare']['result']): VersionInfo | undefined {
  return versions.find(({ id }) => id === prepared[0]);
}

/** The name of a run file in titles. */
export const nameOfRun = (run: string): string => path.parse(run).name;
