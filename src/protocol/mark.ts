/**
 * The mark of pictures that Group-CAM has made: a text chunk near the start of a PNG file (PNG specification,
 * 11.3.3.3), which viewers ignore. Marked pictures are left out when images are collected for explanations.
 */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
export const SOFTWARE = { keyword: 'Software', text: 'Group-CAM' } as const;

/** How many bytes of a file have to be examined. */
export const MARK_BYTES = 4096;

/** True for files that can have a mark. */
export const mayBeMarked = (file: string): boolean => /\.png$/i.test(file);

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** @param head the first `MARK_BYTES` of a file, or all of it */
export function isMarked(head: Uint8Array): boolean {
  if (!isPng(head)) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  const wanted = `${SOFTWARE.keyword}\0${SOFTWARE.text}`;
  // A chunk consists of the length of its data, its type, the data and a checksum. All but the data have four bytes.
  for (let at = SIGNATURE.length; at + 8 <= head.length; ) {
    const length = view.getUint32(at);
    const type = text(at + 4, 4);
    if (type === 'IDAT') return false;
    if (type === 'tEXt' && length === wanted.length && text(at + 8, length) === wanted) return true;
    at += 12 + length;
  }
  return false;
}
