/** Files that are no models, and inputs that no image fits: the message names the reason. */
import assert from 'node:assert/strict';
import { DataType } from '../../../src/core/onnx/tensors';
import { openModel } from '../../../src/engine/model/inspect';
import { testFolder } from '../../support/folder';
import { tinyModel } from '../../support/tiny-model';

const latin1 = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1');

const FILES: readonly (readonly [what: string, bytes: Buffer, message: RegExp])[] = [
  ['TensorFlow Lite', latin1('\x1c\0\0\0TFL3'), /TensorFlow Lite model; convert it with tf2onnx/],
  ['a zip file of torch.save', latin1('PK\x03\x04\0\0archive/data.pkl'), /zip file, such as PyTorch saves/],
  ['onnxruntime’s .ort', latin1('\x18\0\0\0ORTM'), /onnxruntime's own format \(\.ort\)/],
  ['a web page', Buffer.from('\n<!DOCTYPE html><html><body>Sign in</body></html>'), /a web page \(HTML\)/],
  ['JSON', Buffer.from('{\n  "error": "Invalid username or password."\n}'), /is JSON/],
  ['an old pickle of torch', latin1('\x80\x02\x8a\nl\xfc\x9cF'), /a Python pickle/],
  ["OpenVINO's XML", Buffer.from('<?xml version="1.0"?>\n<net name="resnet" version="11">'), /XML, such as OpenVINO's/],
  ['a web page in XHTML', Buffer.from('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">'), /a web page \(HTML\)/],
  [
    'safetensors',
    Buffer.concat([Buffer.from([60, 0, 0, 0, 0, 0, 0, 0]), latin1('{"a":{"dtype":"F32"}}')]),
    /safetensors/,
  ],
  ['GGUF', latin1('GGUF\x03\0\0\0'), /a GGUF file/],
  ['a tar archive', latin1(`${'net.onnx'.padEnd(257, '\0')}ustar\x0000`), /a tar archive; unpack it/],
  ['a picture', latin1('\x89PNG\r\n\x1a\n'), /a PNG picture/],
  ["Caffe's description", Buffer.from('name: "AlexNet"\nlayer {\n  name: "data"\n}\n'), /it is text, such as Caffe's/],
  ['HDF5', latin1('\x89HDF\r\n\x1a\n'), /HDF5/],
];

describe('what is no model', () => {
  const folder = testFolder();
  for (const [what, bytes, message] of FILES)
    it(`${what} is called by its name`, async () => {
      const path = folder.write('net.onnx', bytes);
      await assert.rejects(openModel({ path }), { code: 'model-unreadable', message });
    });

  it('no model of ours is taken for another format', async () => {
    for (const opset of [7, 13, 17]) {
      const path = folder.write('net.onnx', tinyModel({ nodes: [['Relu', 'image', 'y']], outputs: ['y'], opset }));
      await assert.rejects(openModel({ path }), { code: 'no-scores' });
    }
  });

  for (const type of [DataType.INT32, DataType.INT64, DataType.INT8, DataType.BFLOAT16])
    for (const dims of [
      ['N', 3, 8, 8],
      [1, 8, 8, 3],
    ])
      it(`an input of ${DataType[type].toLowerCase()} [${dims}] is refused for its type`, async () => {
        const net = tinyModel({
          inputs: { image: dims },
          inputType: type,
          nodes: [['Relu', 'image', 'y']],
          outputs: ['y'],
        });
        await assert.rejects(openModel({ path: folder.write('net.onnx', net) }), {
          code: 'no-image-input',
          message: new RegExp(
            `its input "image" \\[${dims.join(', ')}\\] takes ${DataType[type].toLowerCase()} numbers.*Cast`,
          ),
        });
      });

  it('words are no image: the inputs are listed', async () => {
    const net = tinyModel({
      inputs: { ids: ['N', 77] },
      inputType: DataType.INT64,
      nodes: [['Relu', 'ids', 'y']],
      outputs: ['y'],
    });
    await assert.rejects(openModel({ path: folder.write('net.onnx', net) }), {
      message: /no image input.*ids \(int64/,
    });
  });
});
