/**
 * Reads a Parquet file by Rust's implementation, which knows nothing of the one that wrote it: its columns lie in the
 * memory of a WebAssembly module, as Arrow's C data interface says
 * (https://arrow.apache.org/docs/format/CDataInterface.html), with pointers of 32 bits.
 */
import assert from 'node:assert/strict';
import { readParquet, wasmMemory } from 'parquet-wasm/node';

export type Value = string | number | boolean | null;

export interface ArrowTable {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export function readArrow(parquet: Uint8Array): ArrowTable {
  const rows: Value[][] = [];
  let names: readonly string[] = [];
  for (const batch of readParquet(parquet).recordBatches()) {
    const ffi = batch.intoFFI();
    const memory = memoryOf();
    const columns = memory.children(ffi.schemaAddr(), 24, 32).map((schema, i) => {
      const array = memory.children(ffi.arrayAddr(), 32, 44)[i]!;
      return { name: memory.text(memory.pointer(schema + 4)), values: memory.values(schema, array) };
    });
    names = columns.map(({ name }) => name);
    const count = memory.long(ffi.arrayAddr());
    for (let i = 0; i < count; i++) rows.push(columns.map(({ values }) => values[i]!));
    ffi.free();
  }
  return { names, rows };
}

function memoryOf() {
  const memory = wasmMemory();
  assert.ok(memory instanceof WebAssembly.Memory);
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const decoder = new TextDecoder();
  const pointer = (at: number) => view.getUint32(at, true);
  const long = (at: number) => Number(view.getBigInt64(at, true));
  const bit = (at: number, i: number) => (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
  const text = (at: number) => decoder.decode(bytes.subarray(at, bytes.indexOf(0, at)));
  const children = (at: number, count: number, list: number) =>
    Array.from({ length: long(at + count) }, (_, i) => pointer(pointer(at + list) + 4 * i));

  function values(schema: number, array: number): Value[] {
    const [length, offset] = [long(array), long(array + 16)];
    const [validity, first, second] = Array.from({ length: long(array + 24) }, (_, i) =>
      pointer(pointer(array + 40) + 4 * i),
    );
    const read: Record<string, (i: number) => Value> = {
      u: (i) =>
        decoder.decode(
          bytes.subarray(
            second! + view.getInt32(first! + 4 * i, true),
            second! + view.getInt32(first! + 4 * i + 4, true),
          ),
        ),
      g: (i) => view.getFloat64(first! + 8 * i, true),
      b: (i) => bit(first!, i) === 1,
    };
    const format = text(pointer(schema));
    const valueAt = read[format];
    assert.ok(valueAt, `a column of format ${format}`);
    return Array.from({ length }, (_, i) => (validity && !bit(validity, offset + i) ? null : valueAt(offset + i)));
  }
  return { pointer, long, text, children, values };
}
