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
  /** By id; they are made anew when the number of items grows. */
  readonly of: { readonly [N in keyof L]: ArrayOf<L[N][0]> };
  /** Largest id + 1 that has a place. */
  readonly capacity: number;
  grow(capacity: number): void;
  read(block: number, bytes: Uint8Array): void;
  /** Must be called before a row of the block is changed; `write` and `rollback` are about these blocks. */
  touch(id: number): void;
  clear(id: number): void;
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
  const of: { [name: string]: ArrayOf<Type> } = {};
  const touched = new Map<number, Uint8Array>();
  let capacity = 0;

  function grow(wanted: number): void {
    const size = Math.ceil(Math.max(wanted, 1) / BLOCK) * BLOCK;
    if (size <= capacity) return;
    for (const name of names) {
      const [type, empty] = layout[name]!;
      const array = new ARRAYS[type](size);
      array.fill(empty, capacity);
      if (of[name]) array.set(of[name]);
      of[name] = array;
    }
    capacity = size;
  }

  /** Calls with the bytes of each column of a block, and their place in the block's own bytes. */
  function parts(block: number, use: (column: Uint8Array, at: number) => void): void {
    let at = 0;
    for (const name of names) {
      const { buffer, BYTES_PER_ELEMENT } = of[name]!;
      const length = BLOCK * BYTES_PER_ELEMENT;
      use(new Uint8Array(buffer, block * length, length), at);
      at += length;
    }
  }
  function bytesOfBlock(block: number): Uint8Array {
    const bytes = new Uint8Array(BLOCK * bytesPerRow);
    parts(block, (column, at) => bytes.set(column, at));
    return bytes;
  }
  function read(block: number, bytes: Uint8Array): void {
    if (bytes.length !== BLOCK * bytesPerRow)
      throw datasetErrors.runFileInvalid(file, `block ${block} has ${bytes.length} bytes`);
    grow((block + 1) * BLOCK);
    parts(block, (column, at) => column.set(bytes.subarray(at, at + column.length)));
  }
  function touch(id: number): void {
    const block = blockOf(id);
    if (!touched.has(block)) touched.set(block, bytesOfBlock(block));
  }
  grow(BLOCK);
  return {
    // The arrays are made by the layout, name by name, which the compiler can't follow.
    of: of as Columns<L>['of'],
    get capacity() {
      return capacity;
    },
    grow,
    read,
    touch,
    clear(id) {
      touch(id);
      for (const name of names) of[name]![id] = layout[name]![1];
    },
    write(store) {
      for (const [block, before] of touched) {
        const now = bytesOfBlock(block);
        if (Buffer.compare(before, now) !== 0) store(block, now);
      }
    },
    done: () => touched.clear(),
    rollback() {
      for (const [block, bytes] of touched) read(block, bytes);
      touched.clear();
    },
  };
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
