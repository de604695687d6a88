/** Models that can't be explained, as the command line says it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { TensorProto_DataLocation, TensorProtoSchema } from 'onnx-buf';
import { DataType } from '../../src/core/onnx/tensors';
import { needs, shared } from '../support/shared';
import { type TinyModel, tinyModel } from '../support/tiny-model';
import { DEMO, SCENE, scratch } from './refusals';

/** A classifier of four classes on 8 x 8 pixels. */
const CLASSIFIER: TinyModel = {
  outputs: ['scores'],
  weights: { w: [4, 3, 3, 3] },
  nodes: [
    ['Conv', 'image w', 'features'],
    ['Relu', 'features', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Flatten', 'pooled', 'scores'],
  ],
};

describe('cli: bad models', () => {
  const { folder, write, refused } = scratch();
  const models: readonly [string, string, () => Uint8Array | string, RegExp][] = [
    ['cut short', 'cut.onnx', () => readFileSync(DEMO).subarray(0, 600_000), /cut\.onnx: not a readable ONNX model/],
    ['text', 'text.onnx', () => 'no model at all\n', /text\.onnx: not a readable ONNX model/],
    ['empty', 'empty.onnx', () => '', /empty\.onnx: not a readable ONNX model/],
    [
      'without an image input',
      'rows.onnx',
      () => tinyModel({ inputs: { x: ['N', 10] }, nodes: [['Relu', 'x', 'y']], outputs: ['y'] }),
      /rows\.onnx: no image input .*x/,
    ],
    [
      'whose scores need two images',
      'two.onnx',
      () =>
        tinyModel({
          inputs: { left: ['N', 3, 8, 8], right: ['N', 3, 8, 8] },
          nodes: [['Add', 'left right', 'y']],
          outputs: ['y'],
        }),
      /two\.onnx: besides the image "left" it needs right .*constant in its place/,
    ],
  ];
  for (const [what, name, bytes, message] of models) {
    it(what, () => refused(message, SCENE, '--model', write(name, bytes())));
  }
  it('with an operator that has no gradient on the path', () => {
    const nodes: TinyModel['nodes'] = [
      ...CLASSIFIER.nodes.slice(0, 2),
      ['LpPool', 'relu', 'pooled', { kernel_shape: { ints: [6, 6] } }],
      ...CLASSIFIER.nodes.slice(3),
    ];
    // With all settings given, so that no line says what was assumed.
    const input = { fit: 'stretch', color: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
    const labels = path.basename(write('labels.txt', 'a\nb\nc\nd\n'));
    write('lp-pool.explain.json', JSON.stringify({ input, output: { activation: 'softmax' }, labels }));
    const model = write('lp-pool.onnx', tinyModel({ ...CLASSIFIER, nodes }));
    return refused(
      /operator LpPool \(node "pooled"\): no gradient rule/,
      SCENE,
      '--model',
      model,
      '--method',
      'grad-cam',
    );
  });
  const external = (location: string): TinyModel => ({
    ...CLASSIFIER,
    weights: {},
    initializers: [
      create(TensorProtoSchema, {
        name: 'w',
        dataType: DataType.FLOAT,
        dims: [4n, 3n, 3n, 3n],
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: [{ key: 'location', value: location }],
      }),
    ],
  });
  it('with external data that is missing', () =>
    refused(
      /missing\.onnx: its weights file weights\.bin is missing/,
      SCENE,
      '--model',
      write('missing.onnx', tinyModel(external('weights.bin'))),
    ));
  it('with external data outside its folder', () => {
    write('secret.bin', new Uint8Array(432));
    const model = write('inner/outside.onnx', tinyModel(external('../secret.bin')));
    return refused(/outside\.onnx: its weights file \.\.\/secret\.bin lies outside/, SCENE, '--model', model);
  });
  it('that is not there', () =>
    refused(/no\.onnx: no such model file/, SCENE, '--model', path.join(folder(), 'no.onnx')));
  it('a wrong layer', () => refused(/demo-objects\.onnx: no layer "relu9"/, SCENE, '--layer', 'relu9'));
  it('a wrong class', () => refused(/class "catt": not a class.*Near: cat/, SCENE, '--class', 'catt'));
  it('a class beyond the last', () => refused(/class "32": .*0 to 31/, SCENE, '--class', '32'));
  it('a class that two labels share', function () {
    needs(this, shared('models', 'mobilenet_v2.onnx'), 'two classes of one name');
    return refused(
      /class "crane": several .*134, 517/,
      SCENE,
      '--model',
      shared('models', 'mobilenet_v2.onnx'),
      '--class',
      'crane',
    );
  });
  it('labels of the wrong number', () => {
    const model = write('labels/m.onnx', tinyModel(CLASSIFIER));
    write('labels/m.explain.json', JSON.stringify({ labels: 'names.txt' }));
    write('labels/names.txt', 'one\ntwo\nthree\n');
    return refused(/names\.txt: 3 labels for 4 classes/, SCENE, '--model', model);
  });
  it('a sidecar that is no JSON', () => {
    const model = write('sidecar/m.onnx', tinyModel(CLASSIFIER));
    write('sidecar/m.explain.json', '{ "input": ');
    return refused(/m\.explain\.json: /, SCENE, '--model', model);
  });
});
