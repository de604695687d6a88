/** Recognises files of other formats by their first bytes, where somebody has given them the name of a model. */

/** Bytes that are looked at. */
const HEAD = 512;

interface Format {
  readonly name: string;
  readonly matches: (head: Buffer) => boolean;
}

const at = (place: number, text: string) => (head: Buffer) =>
  head.toString('latin1', place, place + text.length) === text;
const textOf = (head: Buffer) =>
  head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();

const FORMATS: readonly Format[] = [
  { name: 'a TensorFlow Lite model; convert it with tf2onnx', matches: at(4, 'TFL3') },
  { name: "onnxruntime's own format (.ort); use the .onnx file that it was made from", matches: at(4, 'ORTM') },
  {
    name: 'a zip file, such as PyTorch saves; export it with torch.onnx.export, or unpack it',
    matches: at(0, 'PK\u0003\u0004'),
  },
  { name: 'an HDF5 file, such as Keras saves; export it with tf2onnx', matches: at(0, '\u0089HDF\r\n') },
  { name: 'a gzip file; unpack it', matches: at(0, '\u001f\u008b') },
  {
    name: 'a Python pickle; export the model with torch.onnx.export',
    matches: (head) => head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5,
  },
  { name: 'a Git LFS pointer; fetch the file with git lfs pull', matches: at(0, 'version https://git-lfs') },
  {
    name: 'a web page (HTML), perhaps of a download that needs a login; download the file itself',
    matches: (head) => /^<(!doctype html|html|head|\?xml)/i.test(textOf(head)),
  },
  { name: 'JSON, not a model', matches: (head) => /^[{[]\s*("|[{[\]}]|\d)/.test(textOf(head)) },
];

/** What a file is, and what to do, in words; undefined if it is none of the formats that are mistaken for models. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD));
  return FORMATS.find(({ matches }) => matches(head))?.name;
}
