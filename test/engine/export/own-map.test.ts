/** The map that an exported model makes itself, beside the one of the same method that the engine computes. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { metadataEntry } from '../../../src/core/onnx/compose';
import { parseModel } from '../../../src/core/onnx/model';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import type { Params } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { classes, exportWith, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { largestDifference } from '../../support/reference';
import { IMAGE, LAYER, networkModel, tensorFile } from '../../support/tiny-network';

const { depth, height, width } = IMAGE;
const DATA = float(Float32Array.from(IMAGE.data), [1, depth, height, width]);

describe("a model's own map", () => {
  const folder = testFolder();
  const service = createService();

  async function exported(choice: Partial<Params<'export'>> = {}) {
    const model = { path: folder.write('model.onnx', networkModel({})), layer: LAYER };
    const output = folder.at('model.explained.onnx');
    await exportWith(service, { model, output, class: 'input', options: { groups: 3, theta: 60 }, ...choice });
    const image = { tensor: folder.write('input.npy', tensorFile(IMAGE)) };
    return { model: { path: output }, image, own: true } as const;
  }

  const choices: readonly Partial<Params<'export'>>[] = [
    {},
    { method: 'grad-cam', options: {}, size: 'layer' },
    { options: { variant: 'gradient-free', groups: 2 }, blur: { kernel: 5, sigma: 2 } },
  ];
  for (const choice of choices) {
    it(`${JSON.stringify(choice)}: is what the file gives, and as near to the engine's as is said`, async () => {
      const asked = await exported(choice);
      for (const index of [0, 1, 2]) {
        const target = { index };
        const { explanation } = await explainWith(service, { ...asked, target });
        const { saliency } = await runFile(asked.model.path, { image: DATA, class: classes(index) });
        const plain = saliency!.data as Float32Array;
        assert.ok(largestDifference(explanation.frame.map, plain) <= 1e-6, `class ${index}`);
        assert.deepEqual([explanation.method, explanation.layer], [choice.method ?? 'group-cam', LAYER]);
        const { method, options, blur } = explanation;
        const ours = await explainWith(service, {
          model: asked.model,
          image: asked.image,
          target,
          method,
          options,
          blur,
        });
        const inputSize = { height: saliency!.dims[2]!, width: saliency!.dims[3]! };
        const { map } = saliencyOf({ ...ours.explanation.frame, inputSize });
        const { difference, correlation: r } = explanation.own!;
        assert.ok(Math.abs(difference - largestDifference(plain, map)) <= 1e-6 && difference <= 1e-4);
        if (!explanation.saliency.zero) assert.ok(Math.abs(r! - correlation(plain, map)) <= 1e-6);
      }
    });
  }

  it('that is of another method than the file says is seen to differ', async () => {
    const asked = await exported({ method: 'hires-cam', options: {} });
    const bytes = readFileSync(asked.model.path);
    const said = bytes.indexOf('hires-cam', bytes.indexOf('groupcam.method'));
    bytes.write('layer-cam', said);
    const model = { path: folder.write('other.onnx', bytes) };
    const { explanation } = await explainWith(service, { ...asked, model, target: { index: 2 } });
    assert.equal(explanation.method, 'layer-cam');
    assert.ok(explanation.own!.difference > 1e-2, String(explanation.own!.difference));
  });

  /** Metadata that somebody has edited, in place of what the export wrote. */
  const edited: readonly [string, string, RegExp][] = [
    ['method', 'rise', /does not say how it is made\. Export/],
    ['method', '__proto__', /does not say how it is made\. Export/],
    ['class', 'all', /does not say how it is made\. Export/],
    ['options', '{"groups":', /does not say how it is made\. Export/],
    ['options', '{"groups":-5}', /does not say how it is made \(groups -5: must be a whole number from 1 to 1024\)/],
    ['options', '{"hello":"x"}', /does not say how it is made \(hello x: must be left out/],
    ['options', '{"blur":{"kernel":-4,"sigma":1}}', /does not say how it is made \(blurKernel -4: must be an odd/],
    ['options', '{"blur":{"kernel":5,"sigma":0}}', /does not say how it is made \(blurSigma 0: must be/],
  ];
  for (const [key, value, message] of edited)
    it(`with the ${key} ${value} in its metadata is refused in one line that names the file`, async () => {
      const asked = await exported();
      const { proto } = parseModel(readFileSync(asked.model.path), asked.model.path);
      const metadataProps = proto.metadataProps.map((one) =>
        one.key === `groupcam.${key}` ? metadataEntry(one.key, value) : one,
      );
      const model = { path: folder.write('edited.onnx', toBinary(ModelProtoSchema, { ...proto, metadataProps })) };
      await assert.rejects(explainWith(service, { ...asked, model, target: { index: 1 } }), (thrown: Error) => {
        assert.match(thrown.message, /edited\.onnx: its own map can't be shown/);
        assert.match(thrown.message, message);
        return true;
      });
    });

  it('of a file that names labels elsewhere has no labels from there', async () => {
    const asked = await exported();
    const { proto } = parseModel(readFileSync(asked.model.path), asked.model.path);
    const labels = folder.write('secret.txt', 'one\ntwo\nthree\n');
    const metadataProps = proto.metadataProps.map((one) =>
      one.key === 'groupcam.conventions' ? metadataEntry(one.key, JSON.stringify({ labels })) : one,
    );
    const path = folder.write('edited.onnx', toBinary(ModelProtoSchema, { ...proto, metadataProps }));
    const context = { signal: new AbortController().signal, emit() {} };
    const info = await service.inspect({ model: { path } }, context);
    assert.deepEqual([info.labels.value, info.labelsFile], [['0', '1', '2'], undefined]);
  });

  it('is refused in one line for a model without one, another class than the top one, and a contrast', async () => {
    const asked = await exported({ class: 'top' });
    const { explanation } = await explainWith(service, asked);
    const others = [0, 1, 2].filter((index) => index !== explanation.class);
    const refused = (more: object, code: string, message: RegExp) =>
      assert.rejects(explainWith(service, { ...asked, ...more }), { code, message });
    await refused({ target: { index: others[0] } }, 'method-unsuitable', /the most probable class of an image alone/);
    await refused({ contrast: [{ index: others[0] }] }, 'bad-option', /own map/);
    await refused({ model: { path: folder.at('model.onnx') } }, 'method-unsuitable', /it makes none/);
  });
});
