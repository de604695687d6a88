/** A folder of images in which the class is the name of the image's own folder. */
import path from 'node:path';
import { matchFolders } from '../../../core/model/classes/class-folders';
import { extensionOf, isImage } from '../../../protocol/image-files';
import { categoriesOf, type Draft, type DraftItem, type DraftOptions } from '../draft';
import { type ListOf, listOf } from '../list-of';
import { namesThat } from './names';
import { placesOf } from './splits';
import { otherFiles, type Walked, type WalkedFolder } from './walk';

/** The images of a folder. Those that lie directly in it have its class if the model knows one of that name. */
export function draftOfFolder({ root, folders, notes, others }: Walked, { labels }: DraftOptions): Draft {
  const withImages = folders
    .map(({ way, files }) => ({ way, files: namesThat(files, isImage) }))
    .filter(({ files }) => files.length > 0);
  const placeOf = placesOf(withImages);
  const own = path.basename(root);
  const ownClass = labels && matchFolders([own], labels).classes.has(own) ? own : undefined;
  const named = withImages.map((folder): ImagesOfFolder => {
    const { split, category = folder.way.length === 0 ? ownClass : undefined } = placeOf(folder);
    // One list serves all images of a folder, of which there may be a million.
    const categories = category === undefined ? [] : [category];
    const prefix = path.join(root, ...folder.way, path.sep);
    return { prefix, files: folder.files, categories, ...(split !== undefined && { split }) };
  });
  return {
    root,
    items: itemsOf(named),
    isUnique: true,
    categories: categoriesOf(named),
    notes: [...notes, ...otherFiles(allOthers(folders, others))],
  };
}

interface ImagesOfFolder extends Omit<DraftItem, 'file'> {
  /** Path of the folder with a separator. */
  readonly prefix: string;
  readonly files: ListOf<string>;
}

/** The images one after another. They are mostly asked for in their order. */
function itemsOf(folders: readonly ImagesOfFolder[]): ListOf<DraftItem> {
  const ends: number[] = [];
  for (const { files } of folders) ends.push((ends.at(-1) ?? 0) + files.length);
  let last = 0;
  return listOf(ends.at(-1) ?? 0, (index) => {
    while (ends[last]! <= index) last += 1;
    while (last > 0 && ends[last - 1]! > index) last -= 1;
    const { prefix, files, ...rest } = folders[last]!;
    // The names need no normalising, which would take seconds for a million.
    return { file: prefix + files.at(index - (ends[last - 1] ?? 0))!, ...rest };
  });
}

/** Files that are no images, among them those that other kinds of datasets would need. */
function allOthers(folders: readonly WalkedFolder[], others: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const all = new Map(others);
  for (const { files } of folders)
    for (const name of files) if (!isImage(name)) all.set(extensionOf(name), (all.get(extensionOf(name)) ?? 0) + 1);
  return all;
}
