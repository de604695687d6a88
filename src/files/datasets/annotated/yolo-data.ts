/** A dataset that YOLO's `data.yaml` describes. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../../core/errors';
import { isImage } from '../../../protocol/image-files';
import { readWritten } from '../../text';
import type { Draft, DraftOptions } from '../draft';
import { otherFiles, walk } from '../folders/walk';
import { linesOf } from '../in-parallel';
import { labelled, type YoloImage } from './yolo';
import type { DataFile } from './yolo-names';

/** @throws annotations-invalid, cancelled */
export async function draftOfYoloData({ file, data }: DataFile, options: DraftOptions): Promise<Draft> {
  const folder = path.dirname(file);
  const notes: string[] = [];
  const root = await rootOf(folder, data.path, notes);
  const images: YoloImage[] = [];
  for (const [split, places] of data.splits)
    for (const place of places) {
      const found = await firstThat([
        path.resolve(root, place),
        // Roboflow's `../train/images` means `train/images`; Ultralytics, check_det_dataset in ultralytics/data/utils.py.
        ...(place.startsWith('../') ? [path.resolve(root, place.slice(3))] : []),
        path.resolve(folder, place),
      ]);
      if (found === undefined) notes.push(`${split} was left out, since ${place} is not there.`);
      else if (found.isFolder) images.push(...(await imagesIn(found.file, split, notes, options)));
      else images.push(...(await imagesOf(found.file, root, split, options)));
    }
  if (images.length === 0 && data.splits.length === 0)
    throw errors.annotationsInvalid(file, 'it names no folder of images; give it train, val or test');
  if (images.length === 0)
    throw errors.annotationsInvalid(
      file,
      `${notes.join(' ') || 'no image is in the folders that it names.'} Check path, train, val and test`,
    );
  if (!data.names) notes.push('The names of the classes were looked for outside of data.yaml, which has none.');
  return labelled(root, images, data.names, notes, options);
}

/** The dataset's folder. A description that was moved names a folder of another machine. */
async function rootOf(folder: string, name: string | undefined, notes: string[]): Promise<string> {
  if (name === undefined) return folder;
  const found = await firstThat([path.resolve(folder, name)]);
  if (found?.isFolder) return found.file;
  notes.push(`The path ${name} is not there; folders are looked for beside the description.`);
  return folder;
}

async function imagesIn(
  folder: string,
  split: string,
  notes: string[],
  { signal }: DraftOptions,
): Promise<YoloImage[]> {
  const walked = await walk(folder, isImage, signal);
  notes.push(...[...walked.notes, ...otherFiles(walked.others)].map((note) => `${split}: ${note}`));
  return walked.folders.flatMap(({ way, files }) =>
    Array.from(files, (name) => ({ file: path.join(folder, ...way, name), split })),
  );
}

/** The images of a text file with one path on each line: those that begin with ./ are relative to it. */
async function imagesOf(list: string, root: string, split: string, { signal }: DraftOptions): Promise<YoloImage[]> {
  if (isImage(list)) return [{ file: list, split }];
  const text = await readWritten(list).catch((thrown) => {
    throw errors.annotationsInvalid(list, reasonOf(thrown));
  });
  const images: YoloImage[] = [];
  for await (const [line] of linesOf(text, signal))
    images.push({ file: path.resolve(line.startsWith('./') ? path.dirname(list) : root, line), split });
  return images;
}

async function firstThat(files: readonly string[]) {
  for (const file of files) {
    const info = await stat(file).catch(() => undefined);
    if (info) return { file, isFolder: info.isDirectory() };
  }
  return undefined;
}
