/** Exported models of networks that are written in unusual ways, against the engine's maps of the same input. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { classes, engineMap, exportWith, type Feeds, float, runFile } from '../../support/exported';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 8, 8];
const DATA = Float32Array.from(noise(3 * 8 * 8, 5));
const OPTIONS = { groups: 3, theta: 60 };
const WEIGHTS = [
  makeTensor('stem', DataType.FLOAT, [5, 3, 3, 3], noise(135, 7)),
  makeTensor('fc', DataType.FLOAT, [5, 3], noise(15, 11)),
];

/** Names of the network's tensors and nodes where they are not the usual ones. */
type Names = Readonly<Record<string, string>>;

function network(names: Names = {}, ending: readonly TinyNode[] = [], front?: TinyNode): TinyModel {
  const named = (of: string) => names[of] ?? of;
  const nodes: TinyNode[] = [
    ['Conv', `${front ? 'images' : named('image')} stem`, 'map'],
    ['Relu', 'map', named('layer')],
    ['GlobalAveragePool', named('layer'), 'pooled'],
    ['Flatten', 'pooled', 'flat'],
    ['MatMul', 'flat fc', named('logits')],
  ];
  return {
    inputs: { [named('image')]: ['N', 3, 8, 8] },
    nodes: [...(front ? [front] : []), ...nodes, ...ending],
    initializers: WEIGHTS,
    outputs: [ending.at(-1)?.[2] ?? named('logits')],
  };
}

describe('export of unusual models', () => {
  const folder = testFolder();
  const service = createService();

  async function agrees(bytes: Uint8Array, fed: Feeds = { image: float(DATA, DIMS) }): Promise<string> {
    const model = { path: folder.write('model.onnx', bytes) };
    const output = folder.at('model.explained.onnx');
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data: DATA })) };
    await exportWith(service, { model, output, class: 'input', options: OPTIONS });
    const maps = [];
    for (const index of [0, 1, 2]) {
      const { map } = await engineMap(service, { model, image, target: { index }, options: OPTIONS });
      const { saliency } = await runFile(output, { ...fed, class: classes(index) });
      assert.ok(largestDifference(saliency!.data as Float32Array, map) <= 1e-4, `class ${index}`);
      maps.push(Math.max(...map));
    }
    assert.ok(maps.includes(1), 'a map that is not blank');
    return output;
  }

  for (const names of [
    { image: 'cam/1' },
    { image: 'cam/image/Cast' },
    { layer: 'cam/0' },
    { logits: 'scores/Softmax' },
  ] as Names[])
    it(`a tensor with a name that is added: ${Object.values(names)}`, () =>
      agrees(tinyModel(network(names)), { [names['image'] ?? 'image']: float(DATA, DIMS) }));

  it('nodes with names that are added', async () => {
    const first = await agrees(tinyModel(network()));
    const { graph } = parseModel(readFileSync(first), first);
    const added = graph.node.map(({ name }) => name).filter((name) => name.startsWith('cam/'));
    for (const name of ['saliency', ...added.filter((_, i) => i % 60 === 0)]) {
      const named = parseModel(tinyModel(network()), 'model.onnx');
      named.graph.node[1]!.name = name;
      await agrees(toBinary(ModelProtoSchema, named.proto));
    }
  });

  it('a node of the model with the name of a copy', () =>
    agrees(
      tinyModel(
        network({ logits: 'y' }, [
          ['Neg', 'y', 'score/Softmax'],
          ['Neg', 'score/Softmax', 'logits'],
        ]),
      ),
    ));

  it('an input that nothing reads', () => {
    const { inputs, ...rest } = network();
    const bytes = tinyModel({ ...rest, inputs: { ...inputs, other: [1, 'M'] }, types: { other: DataType.INT64 } });
    return agrees(bytes, { image: float(DATA, DIMS), other: { ...classes(1), dims: [1, 1] } });
  });

  for (const [name, ending] of Object.entries<TinyNode[]>({
    logits: [['Squeeze', 'logits zero', 'row']],
    softmax: [
      ['Squeeze', 'logits zero', 'row'],
      ['Softmax', 'row', 'p', { axis: { int: 0 } }],
    ],
    sigmoid: [
      ['Squeeze', 'logits zero', 'row'],
      ['Sigmoid', 'row', 'p'],
    ],
  }))
    it(`no axis of images, ${name}`, async () => {
      const model = network({}, ending, ['Unsqueeze', 'image zero', 'images']);
      const zero = makeTensor('zero', DataType.INT64, [1], [0]);
      const bytes = tinyModel({ ...model, inputs: { image: [3, 8, 8] }, initializers: [...WEIGHTS, zero] });
      const image = float(DATA, [3, 8, 8]);
      await agrees(bytes, { image });
      if (name === 'logits') return;
      const path = folder.at('model.onnx');
      const { p } = await runFile(path, { image });
      const tensor = { tensor: folder.at('input.npy') };
      for (const [index, expected] of Array.from(p!.data as Float32Array).entries()) {
        const { probability } = await engineMap(service, { model: { path }, image: tensor, target: { index } });
        assert.ok(Math.abs(probability - expected) <= 1e-6, `class ${index}`);
      }
    });

  it('whole numbers in a file beside the model stay there', async () => {
    const { nodes, ...rest } = network();
    const order = Array.from({ length: 2000 }, (_, i) => i % 5);
    const twisted: TinyNode[] = [
      ...nodes.slice(0, 1),
      ['Gather', 'map order', 'many', { axis: { int: 1 } }],
      ['Slice', 'many zero five one', 'few'],
      ['Relu', 'few', 'layer'],
      ...nodes.slice(2),
    ];
    const ints = { order, zero: [0], one: [1], five: [5] };
    const numbers = Object.entries(ints).map(([name, values]) =>
      makeTensor(name, DataType.INT64, [values.length], values),
    );
    const whole = tinyModel({ ...rest, nodes: twisted, initializers: [...WEIGHTS, ...numbers] });
    const { model, weights } = withExternalWeights(whole, 'weights.bin');
    folder.write('weights.bin', weights);
    await agrees(model);
  });

  it('a class that is as good as impossible', async () => {
    const bias = makeTensor('bias', DataType.FLOAT, [3], [40, 0, -40]);
    const model = network({ logits: 'y' }, [['Add', 'y bias', 'logits']]);
    await agrees(tinyModel({ ...model, initializers: [...WEIGHTS, bias] }));
  });

  it('an exported model, exported again, has no constants of its first map', async () => {
    const first = await agrees(tinyModel(network()));
    const output = folder.at('again.onnx');
    await exportWith(service, { model: { path: first }, output, class: 'input', options: OPTIONS });
    const [one, two] = [first, output].map((file) => parseModel(readFileSync(file), file).graph);
    assert.equal(two!.initializer.length, one!.initializer.length);
    assert.equal(two!.node.length, one!.node.length);
  });
});
