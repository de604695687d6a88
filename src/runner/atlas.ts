/** The request `atlas`: mean maps of classes, with the mean of their images. */
import type { Engine } from '../client/engine';
import type { AtlasEntry, ItemId, VersionId } from '../protocol/dataset';
import type { RunFile } from './store/form';
import { picturesOf } from './thumbnails';

/** Side of a mean image, in pixels, and how many images it is the mean of at most. */
const SIDE = 96;
export const PICTURES = 64;

export async function atlasOf(
  file: RunFile,
  engine: Engine,
  version: VersionId,
  by: AtlasEntry['by'],
  indices: readonly number[],
  signal: AbortSignal,
): Promise<readonly AtlasEntry[]> {
  const entries: AtlasEntry[] = [];
  for (const entry of await file.atlas(version, by, indices)) {
    const items = file.atlasItems(version, by, entry.index, PICTURES);
    const image = await meanImage(file, engine, version, items, signal);
    entries.push(image ? { ...entry, image } : entry);
  }
  return entries;
}

/** In the frame of the network's input; undefined if none of the images can be drawn. */
export async function meanImage(
  file: RunFile,
  engine: Engine,
  version: VersionId,
  items: readonly ItemId[],
  signal: AbortSignal,
): Promise<AtlasEntry['image']> {
  const found = await picturesOf(file, engine, version, items, false, signal);
  const inputSize = found.find((picture) => picture.inputSize)?.inputSize;
  const pictures = found.flatMap(({ thumbnail, transform }) =>
    thumbnail && transform ? [{ bytes: thumbnail, transform }] : [],
  );
  if (!inputSize || pictures.length === 0) return undefined;
  const mean = await engine.call('meanPicture', { pictures, inputSize, side: SIDE }, { signal });
  return { side: SIDE, ...mean };
}
