/** Finds a text in the paths of all items, which are packed in blocks of bytes: much faster than a question for each. */
import { BLOCK, blockOf } from '../file/columns';
import type { Db } from '../file/sqlite';
import { bytesOf, numberOf } from '../file/values';

/** Ends a path; no path has it. */
const END = 0;

/** Bytes that the paths of a block usually take; longer ones get more. */
const USUAL = 64 * 2 ** 10;

export interface PathWriter {
  /** Paths follow those of the items before them. */
  add(id: number, path: string): void;
  /** To be called in the transaction of the items themselves. */
  write(): void;
}

/** Writes the paths of items that are added. It holds bytes: a million strings would be left for the collector of garbage. */
export function pathWriter({ run, get, file }: Db): PathWriter {
  let bytes = Buffer.allocUnsafe(USUAL);
  let [block, length] = [0, 0];
  function write(): void {
    if (length === 0) return;
    const there = get('SELECT data FROM path_blocks WHERE block = ?', block);
    const more = bytes.subarray(0, length);
    const data = there ? Buffer.concat([bytesOf(file, there['data']), more]) : more;
    run('INSERT OR REPLACE INTO path_blocks VALUES (?, ?)', block, data);
    length = 0;
  }
  return {
    write,
    add(id, path) {
      if (blockOf(id) !== block) write();
      block = blockOf(id);
      const end = length + Buffer.byteLength(path) + 1;
      if (end > bytes.length) bytes = Buffer.concat([bytes], 2 * end);
      bytes.write(path, length);
      bytes[end - 1] = END;
      length = end;
    },
  };
}

/** Blocks that are searched at once. */
const STEP = 64;

interface Block {
  readonly block: number;
  readonly bytes: Buffer;
}

/** Blocks that were read, for the next text that is typed. An item keeps its path, so that only new ones outdate them. */
interface Kept {
  readonly last: number;
  readonly blocks: readonly Block[];
}
const kept = new WeakMap<Db, Kept>();
/** Of a million paths of usual lengths there are 43 MB. */
const MOST_KEPT = 64 * 2 ** 20;

function read(db: Db, from: number): readonly Block[] {
  const records = db.all('SELECT block, data FROM path_blocks WHERE block >= ? AND block < ?', from, from + STEP);
  return records.map(({ block, data }) => {
    const bytes = bytesOf(db.file, data);
    return { block: numberOf(db.file, block), bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
  });
}

/**
 * Calls with the ids of the items whose paths contain the text.
 *
 * @param last the largest id
 * @param pause called between some blocks
 */
export async function eachPathWith(
  db: Db,
  last: number,
  text: string,
  pause: () => Promise<void>,
  use: (id: number) => void,
): Promise<void> {
  const wanted = Buffer.from(text);
  // A path never contains what ends paths.
  if (wanted.includes(END)) return;
  const known = kept.get(db);
  const there = known?.last === last ? known.blocks : undefined;
  const all: Block[] = [];
  let size = 0;
  for (let from = 0; from <= blockOf(last); from += STEP) {
    await pause();
    for (const found of there?.slice(from, from + STEP) ?? read(db, from)) {
      // The first block has no item 0.
      const start = Math.max(1, found.block * BLOCK);
      search(found.bytes, wanted, (index) => use(start + index));
      size += found.bytes.length;
      if (!there && size <= MOST_KEPT) all.push(found);
    }
  }
  if (!there && size <= MOST_KEPT) kept.set(db, { last, blocks: all });
}

/** Calls with the indices of the paths that contain the text. */
function search(paths: Buffer, wanted: Buffer, use: (index: number) => void): void {
  const ends = countingEnds(paths);
  let index = 0;
  let at = 0;
  for (;;) {
    const found = paths.indexOf(wanted, at);
    if (found < 0 || found >= paths.length) return;
    index += ends(at, found);
    use(index);
    at = found;
    // Ends are near, so that a loop finds them sooner than a call does.
    while (at < paths.length && paths[at] !== END) at++;
    if (at === paths.length) return;
    at++;
    index++;
  }
}

/** Counts the ends of paths from a place up to, and without, another. Four bytes are looked at at a time. */
function countingEnds(paths: Buffer): (from: number, to: number) => number {
  const isAligned = paths.byteOffset % 4 === 0;
  const words = isAligned ? new Uint32Array(paths.buffer, paths.byteOffset, paths.length >> 2) : new Uint32Array();
  const eachByte = (from: number, to: number) => {
    let count = 0;
    for (let at = from; at < to; at++) if (paths[at] === END) count++;
    return count;
  };
  return (from, to) => {
    const [first, last] = [(from + 3) >> 2, to >> 2];
    if (!isAligned || first >= last) return eachByte(from, to);
    let count = eachByte(from, 4 * first) + eachByte(4 * last, to);
    for (let i = first; i < last; i++) {
      const word = words[i]!;
      // Not zero if any of the four bytes is zero.
      if (((word - 0x01010101) & ~word & 0x80808080) !== 0) count += eachByte(4 * i, 4 * i + 4);
    }
    return count;
  };
}
