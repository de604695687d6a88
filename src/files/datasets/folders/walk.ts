/** Finds the files of a folder and of all folders in it. */
import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetErrors } from '../../../core/dataset-errors';
import { errors, reasonOf } from '../../../core/errors';
import { extensionOf } from '../../../protocol/image-files';
import { leftOut } from '../draft';
import { sortedInSteps } from '../in-steps';
import type { ListOf } from '../list-of';
import { packed } from './names';

export interface WalkedFolder {
  /** The names of the folders from the root to this one; none for the root itself. */
  readonly way: readonly string[];
  /** Names of the wanted files in it. */
  readonly files: ListOf<string>;
}

export interface Walked {
  /** Absolute. */
  readonly root: string;
  /** Folders with at least one wanted file. */
  readonly folders: readonly WalkedFolder[];
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
  /** How many files of each extension were not wanted. */
  readonly others: ReadonlyMap<string, number>;
}

/** Files that systems and programs leave in folders of images. */
const NOT_OF_PEOPLE: ReadonlySet<string> = new Set([
  '__MACOSX',
  '@eaDir',
  '$RECYCLE.BIN',
  'System Volume Information',
  'lost+found',
]);

/** True for a hidden file or folder, and for those of systems. */
export const isHidden = (name: string): boolean => name.startsWith('.') || NOT_OF_PEOPLE.has(name);

/** Entries that are read from the system at once; a folder may have a million. */
const ENTRIES_AT_ONCE = 512;

/**
 * Walks through a folder. Each folder is visited once, whatever links lead to it, and by its own path rather than a
 * link's. Hidden files are left out. A folder in it that can't be read is a note.
 *
 * @param isWanted says by its name whether a file is listed
 * @throws dataset-invalid if the folder itself can't be read; cancelled
 */
export async function walk(root: string, isWanted: (name: string) => boolean, signal?: AbortSignal): Promise<Walked> {
  const folders: WalkedFolder[] = [];
  const unreadable: string[] = [];
  const seen = new Set<string>();
  const doubled: string[] = [];
  const others = new Map<string, number>();
  let hidden = 0;

  const nameOf = (way: readonly string[]) => way.join('/') || '.';

  /** Lists one folder, and gives the folders in it and its links. */
  async function list(way: readonly string[]) {
    const inside: (readonly string[])[] = [];
    const links: (readonly string[])[] = [];
    const files: string[] = [];
    for await (const entry of await opendir(path.join(root, ...way), { bufferSize: ENTRIES_AT_ONCE })) {
      if (signal?.aborted) throw errors.cancelled();
      const { name } = entry;
      if (isHidden(name)) hidden += 1;
      else if (entry.isDirectory()) inside.push([...way, name]);
      else if (isWanted(name)) files.push(name);
      else if (isLink(entry)) links.push([...way, name]);
      else count(name);
    }
    if (files.length > 0) folders.push({ way, files: packed(await sortedInSteps(files, byText, signal)) });
    return { inside, links };
  }

  function count(name: string): void {
    const extension = extensionOf(name);
    others.set(extension, (others.get(extension) ?? 0) + 1);
  }

  /** Lists a folder and all in it, and gives the links that were found. */
  async function below(start: readonly string[], isStart: boolean): Promise<(readonly string[])[]> {
    const found: (readonly string[])[] = [];
    const waiting = [start];
    for (let way = waiting.pop(); way; way = waiting.pop()) {
      try {
        const info = await stat(path.join(root, ...way), { bigint: true });
        const identity = `${info.dev}:${info.ino}`;
        if (seen.has(identity)) {
          doubled.push(nameOf(way));
          continue;
        }
        seen.add(identity);
        const { inside, links } = await list(way);
        waiting.push(...inside.sort(byName).reverse());
        found.push(...links);
      } catch (thrown) {
        if (signal?.aborted) throw errors.cancelled();
        if (isStart && way === start) throw datasetErrors.datasetInvalid(root, reasonOf(thrown));
        unreadable.push(`${nameOf(way)} (${codeOf(thrown)})`);
      }
    }
    return found;
  }

  // Links come after all folders, so that a folder that can be reached by both is listed by its own path.
  const links = await below([], true);
  for (let way = links.sort(byName).shift(); way; way = links.shift()) {
    const kind = await kindOfLink(path.join(root, ...way));
    if (kind === 'folder') links.push(...(await below(way, false)).sort(byName));
    else if (kind === 'gone') unreadable.push(`${nameOf(way)} (a link to nothing)`);
    else count(way.at(-1)!);
  }

  // In the order of their files' paths, of which there may be a million to sort later.
  folders.sort((a, b) => byName([...a.way, ''], [...b.way, '']));
  return {
    root,
    folders,
    notes: [
      ...leftOut(unreadable, "folder or link that can't be read was", "folders or links that can't be read were"),
      ...leftOut(
        doubled,
        'link to a folder that is listed already was',
        'links to folders that are listed already were',
      ),
      ...(hidden > 0
        ? [`${hidden} hidden ${hidden === 1 ? 'file or folder was' : 'files or folders were'} left out.`]
        : []),
    ],
    others,
  };
}

/** A note about files that are no images, by their extensions; none if there are none. */
export function otherFiles(others: ReadonlyMap<string, number>, shown = 5): string[] {
  const total = [...others.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const kinds = [...others]
    .sort((a, b) => b[1] - a[1])
    .map(([extension, count]) => `${count} ${extension === '' ? 'without extension' : `.${extension}`}`);
  const what = total === 1 ? '1 file is no image and was' : `${total} files are no images and were`;
  return [
    `${what} left out: ${kinds.slice(0, shown).join(', ')}${kinds.length > shown ? ' and others' : ''}.`,
    ...listsAmong(others),
  ];
}

const LISTS = ['json', 'jsonl', 'csv', 'tsv', 'xml', 'yaml', 'yml'];

/** A folder whose classes are in a file beside the images is often inspected in place of that file. */
function listsAmong(others: ReadonlyMap<string, number>): string[] {
  const found = LISTS.filter((extension) => others.has(extension)).map((extension) => `.${extension}`);
  if (found.length === 0) return [];
  return [`If the ${found.join(' or ')} says the classes of the images, inspect that file in place of the folder.`];
}

const isLink = (entry: Dirent): boolean => entry.isSymbolicLink();

async function kindOfLink(file: string): Promise<'folder' | 'file' | 'gone'> {
  try {
    return (await stat(file)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'gone';
  }
}

/** By code units, as `sort` does it. */
const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const byName = (a: readonly string[], b: readonly string[]): number => byText(a.join('/'), b.join('/'));

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : reasonOf(thrown);
}
