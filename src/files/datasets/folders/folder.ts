/** A folder of images in which the class is the name of the image's own folder. */
import path from 'node:path';
import { matchFolders } from '../../../core/model/classes/class-folders';
import { extensionOf, isImage } from '../../../protocol/image-files';
import { categoriesOf, type Draft, type DraftItem, type DraftOptions } from '../draft';
import { inSteps } from '../in-steps';
import { placesOf } from './splits';
import { otherFiles, type Walked, type WalkedFolder } from './walk';

/** The images of a folder. Those that lie directly in it have its class if the model knows one of that name. */
export async function draftOfFolder(
  { root, folders, notes, others }: Walked,
  { labels, signal }: DraftOptions,
): Promise<Draft> {
  const withImages = folders
    .map(({ way, files }) => ({ way, files: files.filter(isImage) }))
    .filter(({ files }) => files.length > 0);
  const placeOf = placesOf(withImages);
  const own = path.basename(root);
  const ownClass = labels && matchFolders([own], labels).classes.has(own) ? own : undefined;
  const items: DraftItem[] = [];
  for (const folder of withImages) {
    const { split, category = folder.way.length === 0 ? ownClass : undefined } = placeOf(folder);
    // One list serves all images of a folder, of which there may be a million.
    const categories = category === undefined ? [] : [category];
    const prefix = path.join(root, ...folder.way, path.sep);
    // The names need no normalising, which would take seconds for a million.
    const add = (name: string) =>
      items.push({ file: prefix + name, categories, ...(split !== undefined && { split }) });
    await inSteps(folder.files, add, signal);
  }
  return { root, items, categories: categoriesOf(items), notes: [...notes, ...otherFiles(allOthers(folders, others))] };
}

/** Files that are no images, among them those that other kinds of datasets would need. */
function allOthers(folders: readonly WalkedFolder[], others: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const all = new Map(others);
  for (const { files } of folders)
    for (const name of files) if (!isImage(name)) all.set(extensionOf(name), (all.get(extensionOf(name)) ?? 0) + 1);
  return all;
}
