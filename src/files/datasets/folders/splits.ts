/** Finds which folders of a dataset are its splits and which are named after classes. */
import type { WalkedFolder } from './walk';

/** The names that datasets give their splits, also with a year, as in val2017. */
const SPLIT =
  /^(train|training|trainval|val|valid|validation|test|testing|dev|eval|evaluation|holdout)(?:[-_]?\d{4})?$/i;

const isName = (name: string): boolean => SPLIT.test(name);

/** Folders that hold images of any class. */
const CONTAINERS: ReadonlySet<string> = new Set(['images', 'image', 'imgs', 'img', 'jpegimages']);

export interface Place {
  readonly split?: string;
  /** The name of the image's own folder, if it is that of a class. */
  readonly category?: string;
}

/**
 * Says for each folder with images which split and class they belong to. Folders with names of splits are splits if
 * there is nothing else beside them, or if one of them has only further folders in it; otherwise they may be classes of
 * these names, such as train among vehicles.
 */
export function placesOf(folders: readonly WalkedFolder[]): (folder: WalkedFolder) => Place {
  const keyOf = (way: readonly string[]) => way.join('/');
  const withImages = new Set(folders.map(({ way }) => keyOf(way)));
  const inside = new Map<string, Set<string>>();
  for (const { way } of folders)
    for (const [depth, name] of way.entries()) {
      const parent = keyOf(way.slice(0, depth));
      inside.set(parent, (inside.get(parent) ?? new Set()).add(name));
    }
  const isSplit = (way: readonly string[]) => {
    if (!isName(way.at(-1)!)) return false;
    const parent = way.slice(0, -1);
    const beside = [...inside.get(keyOf(parent))!];
    return beside.every(isName) || beside.some((name) => isName(name) && !withImages.has(keyOf([...parent, name])));
  };
  return ({ way }) => {
    const at = way.findIndex((_, depth) => isSplit(way.slice(0, depth + 1)));
    const own = way.at(-1);
    const hasClass = own !== undefined && at !== way.length - 1 && !CONTAINERS.has(own.toLowerCase());
    return { ...(at >= 0 && { split: way[at]! }), ...(hasClass && { category: own }) };
  };
}
