/** Shared libraries of Linux on x64 that hold nothing but the names of the libraries that they need. */

const PAGE = 0x1000;
const [PT_LOAD, PT_DYNAMIC] = [1, 2];
const [DT_NULL, DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT] = [0, 1, 4, 5, 6, 10, 11];
const HEADER = 64;
const PROGRAM_HEADER = 56;
const SYMBOL = 24;

/** A library that the loader accepts if it finds those that it needs (System V ABI, ELF-64, edition 4.1). */
export function emptyLibrary(needed: readonly string[]): Buffer {
  const file = Buffer.alloc(PAGE);
  let at = HEADER + 2 * PROGRAM_HEADER;
  const place = (content: Uint8Array) => {
    const offset = at;
    file.set(content, offset);
    at = Math.ceil((offset + content.length) / 8) * 8;
    return offset;
  };
  const offsets = needed.map((_, i) => 1 + needed.slice(0, i).reduce((sum, name) => sum + name.length + 1, 0));
  const text = Buffer.from(`\0${needed.map((name) => `${name}\0`).join('')}`);
  const strings = place(text);
  const symbols = place(Buffer.alloc(SYMBOL));
  // One bucket, one symbol, no chain.
  const hash = place(Buffer.from(Uint32Array.of(1, 1, 0, 0).buffer));
  const entries = [
    ...offsets.map((offset) => [DT_NEEDED, offset]),
    ...[
      [DT_HASH, hash],
      [DT_STRTAB, strings],
      [DT_SYMTAB, symbols],
    ],
    ...[
      [DT_STRSZ, text.length],
      [DT_SYMENT, SYMBOL],
      [DT_NULL, 0],
    ],
  ];
  const table = Buffer.from(BigUint64Array.from(entries.flat(), BigInt).buffer);
  const dynamic = place(table);

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  // A shared object for x86-64.
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER), 32);
  file.writeUInt16LE(HEADER, 52);
  file.writeUInt16LE(PROGRAM_HEADER, 54);
  file.writeUInt16LE(2, 56);
  file.writeUInt16LE(64, 58);
  const segment = (index: number, type: number, flags: number, offset: number, size: number, align: number) => {
    const header = HEADER + index * PROGRAM_HEADER;
    file.writeUInt32LE(type, header);
    file.writeUInt32LE(flags, header + 4);
    for (const [i, value] of [offset, offset, offset, size, size, align].entries())
      file.writeBigUInt64LE(BigInt(value), header + 8 + 8 * i);
  };
  const [readable, writable] = [4, 6];
  segment(0, PT_LOAD, writable, 0, PAGE, PAGE);
  segment(1, PT_DYNAMIC, readable, dynamic, table.length, 8);
  return file;
}
