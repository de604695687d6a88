/** Finds files beside others by the names in their folders, which are read once. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { IMAGE_EXTENSIONS } from '../../../protocol/image-files';

export interface Lookup {
  /** Names in a folder; none if it is not there. */
  readonly namesIn: (folder: string) => Promise<ReadonlySet<string>>;
  /** The first of the files that exists. */
  readonly firstOf: (files: readonly string[]) => Promise<string | undefined>;
}

const NONE: ReadonlySet<string> = new Set();

export function createLookup(): Lookup {
  const folders = new Map<string, Promise<ReadonlySet<string>>>();

  function namesIn(folder: string): Promise<ReadonlySet<string>> {
    const before = folders.get(folder);
    if (before) return before;
    // A folder that is not there or can't be read has no file to find; whatever is missed then is counted as missing.
    const names = readdir(folder).then(
      (found) => new Set(found),
      () => NONE,
    );
    folders.set(folder, names);
    return names;
  }

  async function firstOf(files: readonly string[]): Promise<string | undefined> {
    for (const file of files) if ((await namesIn(path.dirname(file))).has(path.basename(file))) return file;
    return undefined;
  }

  return { namesIn, firstOf };
}

/** The file with each extension of images in its place, as annotations may name one that was converted since. */
export function withExtensions(file: string): string[] {
  const { dir, name } = path.parse(file);
  return IMAGE_EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()]).map((extension) =>
    path.join(dir, `${name}.${extension}`),
  );
}

/** The path with the last folder of one of these names called otherwise; undefined if there is none. */
export function counterpart(file: string, names: readonly string[], other: string): string | undefined {
  const parts = file.split(path.sep);
  const at = parts.findLastIndex((part) => names.includes(part));
  return at < 0 ? undefined : [...parts.slice(0, at), other, ...parts.slice(at + 1)].join(path.sep);
}
