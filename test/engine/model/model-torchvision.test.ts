/** Default layers, and what is known of all tensors, in the architectures that people use. */
import assert from 'node:assert/strict';
import { planTrace } from '../../../src/core/onnx/facts';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession } from '../../../src/engine/runtime/runtime';
import { onlyNightly } from '../../support/shared';
import { torchvision } from '../../support/torchvision';

/** The tensor that the authors' own code pools, by the name that PyTorch's exporter gives it. */
const LAYERS: readonly (readonly [string, RegExp, readonly number[], boolean])[] = [
  ['squeezenet1_1', /^\/features\/features\.12\/Concat_output_0$/, [1, 512, 13, 13], true],
  ['mobilenet_v3_small', /^\/features\/features\.12\/features\.12\.2\/HardSwish_output_0$/, [1, 576, 7, 7], true],
];
const MORE: typeof LAYERS = [
  ['resnet18', /^\/layer4\/layer4\.1\/relu_1\/Relu_output_0$/, [1, 512, 7, 7], true],
  ['vgg11', /^\/features\/features\.19\/Relu_output_0$/, [1, 512, 14, 14], true],
  ['densenet121', /^\/Relu_output_0$/, [1, 1024, 7, 7], true],
  ['googlenet', /^\/inception5b\/Concat_output_0$/, [1, 1024, 7, 7], true],
  ['efficientnet_b0', /^\/features\/features\.8\/features\.8\.2\/Mul_output_0$/, [1, 1280, 7, 7], true],
];

describe('a torchvision model', () => {
  for (const [name, layer, shape, cut] of [...LAYERS, ...onlyNightly(MORE)])
    it(`${name}: its last map is the default layer`, async function () {
      const { info, file, facts } = await openModel({ path: torchvision(this, name) });
      assert.match(info.layer.value, layer);
      const chosen = info.layers.find(({ tensor }) => tensor === info.layer.value);
      assert.deepEqual([chosen?.shape, chosen?.cut], [shape, cut]);
      assert.deepEqual([info.output.classes, info.output.activation.value], [1000, 'softmax']);
      assert.deepEqual(info.unsupported, []);

      // What the runtime inferred must be what it gives when it runs.
      const plan = planTrace(file.model, [info.input.name]);
      const options = { device: 'cpu', optimize: 'none', prepack: false } as const;
      const session = await createSession(file.path, plan.model, await file.buffers(plan.model), options);
      const image = { type: 'float32', data: new Float32Array(3 * 224 * 224), dims: [1, 3, 224, 224] };
      const shapes = await session.run({ [info.input.name]: image }, plan.tensors.map(plan.shapeOutput));
      for (const tensor of plan.tensors)
        assert.deepEqual(facts.get(tensor)?.dims, Array.from(shapes[plan.shapeOutput(tensor)]!.data, Number), tensor);
      await session.release();
    });
});
