/** Numbers of all items in typed arrays, by the items' ids, which are stored in blocks. */
import { datasetErrors } from '../../../core/dataset-errors';
import type { Db, Record } from './sqlite';
import { bytesOf, numberOf } from './values';

/** Items of a block. A commit writes the blocks that it touches, so they are small; opening reads all of them. */
export const BLOCK = 1024;
export const blockOf = (id: number): number => Math.floor(id / BLOCK);

const ARRAYS = { f64: Float64Array, i32: Int32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;
type Type = keyof typeof ARRAYS;
/** By name, the widest types first: the type and the value of what is not known. */
export type Layout = Readonly<{ [name: string]: readonly [type: Type, empty: number] }>;
type ArrayOf<T extends Type> = InstanceType<(typeof ARRAYS)[T]>;

export interface Columns<L extends Layout> {
  /** By id; they are made with the first look, and anew when the number of items grows. */
  readonly of: { readonly [N in keyof L]: ArrayOf<L[N][0]> };
  /** Largest id + 1 that has a place. */
  readonly capacity: number;
  grow(capacity: number): void;
  read(block: number, bytes: Uint8Array): void;
  /** Must be called before a row of the block is changed; `write` and `rollback` are about these blocks. */
  touch(id: number): void;
  clear(id: number): void;
  /** @param store gets bytes that are others at the next call */
  write(store: (block: number, bytes: Uint8Array) => void): void;
  /** Forgets which blocks were touched, once they are committed. */
  done(): void;
  /** Brings back what touched blocks were, after a failure. */
  rollback(): void;
}

/** @param file for failures */
export function createColumns<L extends Layout>(file: string, layout: L): Columns<L> {
  const names = Object.keys(layout);
  const bytesPerRow = names.reduce((sum, name) => sum + ARRAYS[layout[name]![0]].BYTES_PER_ELEMENT, 0);
  const arrays: { [name: string]: ArrayOf<Type> } = {};
  const touched = new Map<number, Uint8Array>();
  /** For the bytes of one block after another: a listing touches all blocks at once. */
  const now = new Uint8Array(BLOCK * bytesPerRow);
  /** A block of which nothing is known, which all have in common until they are written to. */
  const nothing = emptyBlock(layout);
  let capacity = 0;
  /** Places that the arrays have. */
  let made = 0;

  function grow(wanted: number): void {
    const size = Math.ceil(Math.max(wanted, 1) / BLOCK) * BLOCK;
    if (size <= capacity) return;
    capacity = size;
    if (made > 0) make();
  }
  function make(): void {
    for (const name of names) {
      const [type, empty] = layout[name]!;
      const array = new ARRAYS[type](capacity);
      array.fill(empty, made);
      if (arrays[name]) array.set(arrays[name]);
      arrays[name] = array;
    }
    made = capacity;
  }
  /** Whoever lists a dataset holds much until its rows are first asked for. */
  function whole(): typeof arrays {
    if (made === 0) make();
    return arrays;
  }

  /** Calls with the bytes of each column of a block, and their place in the block's own bytes. */
  function parts(block: number, use: (column: Uint8Array, at: number) => void): void {
    const of = whole();
    let at = 0;
    for (const name of names) {
      const { buffer, BYTES_PER_ELEMENT } = of[name]!;
      const length = BLOCK * BYTES_PER_ELEMENT;
      use(new Uint8Array(buffer, block * length, length), at);
      at += length;
    }
  }
  function bytesOfBlock(block: number): Uint8Array {
    parts(block, (column, at) => now.set(column, at));
    return now;
  }
  function read(block: number, bytes: Uint8Array): void {
    if (bytes.length !== BLOCK * bytesPerRow)
      throw datasetErrors.runFileInvalid(file, `block ${block} has ${bytes.length} bytes`);
    grow((block + 1) * BLOCK);
    parts(block, (column, at) => column.set(bytes.subarray(at, at + column.length)));
  }
  function touch(id: number): void {
    const block = blockOf(id);
    if (touched.has(block)) return;
    const bytes = bytesOfBlock(block);
    touched.set(block, Buffer.compare(bytes, nothing) === 0 ? nothing : bytes.slice());
  }
  grow(BLOCK);
  return {
    // The arrays are made by the layout, name by name, which the compiler can't follow.
    get of() {
      return whole() as Columns<L>['of'];
    },
    get capacity() {
      return capacity;
    },
    grow,
    read,
    touch,
    clear(id) {
      touch(id);
      for (const name of names) arrays[name]![id] = layout[name]![1];
    },
    write(store) {
      for (const [block, before] of touched) {
        const bytes = bytesOfBlock(block);
        if (Buffer.compare(before, bytes) !== 0) store(block, bytes);
      }
    },
    done: () => touched.clear(),
    rollback() {
      for (const [block, bytes] of touched) read(block, bytes);
      touched.clear();
    },
  };
}

/** The bytes of a block without a row. */
function emptyBlock(layout: Layout): Uint8Array {
  const columns = Object.values(layout).map(([type, empty]) => {
    const { buffer } = new ARRAYS[type](BLOCK).fill(empty);
    return new Uint8Array(buffer);
  });
  return Buffer.concat(columns);
}

/** Most blocks that a file may have: 2^31 ids. */
const MOST_BLOCKS = 2 ** 31 / BLOCK;

/** Reads blocks of a query with the columns `block` and `data`. */
export function readBlocks(db: Db, read: (block: number, bytes: Uint8Array) => void, records: readonly Record[]): void {
  for (const { block, data } of records) {
    const number = numberOf(db.file, block);
    if (!(number >= 0 && number < MOST_BLOCKS)) throw datasetErrors.runFileInvalid(db.file, `block ${number}`);
    read(number, bytesOf(db.file, data));
  }
}
