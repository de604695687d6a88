/** Pictures of tiles, of which those that are missing are made anew. */
import type { Engine } from '../client/engine';
import { ExplainError } from '../core/errors';
import type { ItemId, TilePicture, VersionId } from '../protocol/dataset';
import { inTurns } from './in-turns';
import type { RunFile } from './store/form';

/** Longer side of a thumbnail, in pixels. */
export const THUMBNAIL = 128;
const AT_ONCE = 4;

/**
 * @param maps whether the maps are wanted too
 * @returns what there is of each item, in the order of the items; a picture that can't be made is left out
 */
export async function picturesOf(
  file: RunFile,
  engine: Engine,
  version: VersionId,
  items: readonly ItemId[],
  maps: boolean,
  signal: AbortSignal,
): Promise<readonly TilePicture[]> {
  const found = await file.pictures({ version, items, maps }, { signal, emit: () => {} });
  const missing = found.filter(({ thumbnail }) => !thumbnail).map(({ item }) => item);
  if (missing.length === 0) return found;
  const made = new Map<ItemId, Uint8Array>();
  await inTurns(missing, AT_ONCE, async (item) => {
    if (signal.aborted) return;
    const image = { path: file.item(item).file };
    try {
      const { png } = await engine.call('picture', { image, longest: THUMBNAIL }, { signal });
      made.set(item, png);
    } catch (thrown) {
      // The row says why the image can't be read, once it is computed.
      if (!(thrown instanceof ExplainError)) throw thrown;
    }
  });
  if (made.size > 0) file.keepThumbnails([...made]);
  return found.map((picture) => {
    const thumbnail = made.get(picture.item);
    return thumbnail ? { ...picture, thumbnail } : picture;
  });
}
