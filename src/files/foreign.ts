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
    matches: (head) => /^(<\?xml[^>]*>\s*)?<(!doctype html|html|head)/i.test(textOf(head)),
  },
  {
    name: "XML, such as OpenVINO's .xml; use the .onnx file that it was made from",
    matches: (head) => /^<(\?xml|net)\b/i.test(textOf(head)),
  },
  {
    name: 'a safetensors file, which has weights alone; export the model with torch.onnx.export or optimum',
    matches: (head) => /^\0\0\0\{\s*"/.test(head.toString('latin1', 5, 40)),
  },
  { name: 'a GGUF file, of a language model', matches: at(0, 'GGUF') },
  { name: 'a tar archive; unpack it', matches: at(257, 'ustar') },
  { name: 'a 7z archive; unpack it', matches: at(0, '7z\u00bc\u00af') },
  { name: 'a RAR archive; unpack it', matches: at(0, 'Rar!') },
  { name: 'a PDF', matches: at(0, '%PDF') },
  { name: 'a program or library', matches: (head) => at(0, '\u007fELF')(head) || at(0, 'MZ')(head) },
  { name: 'a PNG picture', matches: at(0, '\u0089PNG') },
  { name: 'a JPEG picture', matches: at(0, '\u00ff\u00d8\u00ff') },
  { name: 'JSON, not a model', matches: (head) => /^[{[]\s*("|[{[\]}]|\d)/.test(textOf(head)) },
  {
    name: "text, such as Caffe's and ncnn's descriptions of networks; use the .onnx file",
    matches: (head) => head.length > 0 && /^[\t\n\r -~]+$/.test(head.toString('latin1')),
  },
];

/** What a file is, and what to do, in words; undefined if it is none of the formats that are mistaken for models. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD));
  return FORMATS.find(({ matches }) => matches(head))?.name;
}
