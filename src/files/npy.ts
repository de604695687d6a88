/** NumPy's .npy files of float32: format versions 1 to 3, little endian, C order. */
import { errors, reasonOf } from '../core/errors';
import { readRegular } from './open';

export interface NpyArray {
  readonly shape: readonly number[];
  /** The values in row-major order. */
  readonly data: Float32Array;
}

const MAGIC = '\x93NUMPY';
const ALIGNMENT = 64;
/** The largest file that Node.js reads at once. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws tensor-unreadable if the file is missing, no .npy file, cut short, or not float32 in C order */
export async function readNpy(file: string): Promise<NpyArray> {
  try {
    return parseNpy(await readRegular(file, MOST_BYTES));
  } catch (thrown) {
    throw errors.tensorUnreadable(file, reasonOf(thrown));
  }
}

function parseNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (text(0, MAGIC.length) !== MAGIC) throw new Error('it does not start as a .npy file does');
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new Error(`format version ${version}`);
  const headerStart = version === 1 ? 10 : 12;
  const dataStart = headerStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = text(headerStart, dataStart);

  const dtype = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const dims = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (dtype === undefined || dims === undefined) throw new Error('its header names no dtype or shape');
  if (dtype !== '<f4') throw new Error(`dtype ${dtype}; save it as float32, little endian`);
  if (/'fortran_order':\s*True/.test(header)) throw new Error('Fortran order; save it in C order');
  const shape = dims
    .split(',')
    .filter((dim) => dim.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (bytes.length !== dataStart + count * 4) {
    throw new Error(`${bytes.length - dataStart} bytes of data for shape [${shape.join(', ')}]`);
  }
  // The bytes are copied if they do not start at a multiple of four. The format demands this alignment, but not every
  // program follows it.
  const start = bytes.byteOffset + dataStart;
  const data =
    start % 4 === 0
      ? new Float32Array(bytes.buffer, start, count)
      : new Float32Array(new Uint8Array(bytes.subarray(dataStart)).buffer);
  return { shape, data };
}

/** The bytes of a .npy file, format version 1. */
export function npyBytes({ shape, data }: NpyArray): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const start = Buffer.alloc(length, ' ', 'latin1');
  start.write(MAGIC, 'latin1');
  start.set([1, 0], 6);
  start.writeUInt16LE(length - 10, 8);
  start.write(header, 10, 'latin1');
  start.write('\n', length - 1);
  return Buffer.concat([start, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
