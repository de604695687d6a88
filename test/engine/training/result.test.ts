/** The file that a training writes, for models of several forms. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { InferenceSession } from 'onnxruntime-node';
import { DataType, makeTensor, valuesOf } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { float, runFile, runInWeb } from '../../support/exported';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { missing, project } from '../../support/shared';
import { tinyModel } from '../../support/tiny-model';
import { LEARNER, tinySet } from '../../support/tiny-training';
import { imagesIn, trainWith } from '../../support/train';

const PYTHON = '/usr/bin/python3';

describe('the new model', () => {
  const folder = testFolder();
  const service = createService();

  async function trained(output: string) {
    const { model, images } = await tinySet(folder, 6);
    return async (change: () => void = () => {}) => {
      change();
      const told = await trainWith(service, {
        model,
        train: images.slice(6),
        heldOut: images.slice(0, 6),
        output,
        checkpoint: `${output}.training`,
        options: { epochs: 1 },
      });
      return { ...told, model: model.path };
    };
  }

  it("runs in a browser's runtime as in ours, and passes onnx's checker", async function () {
    const output = folder.at('new.onnx');
    const shop = (...parts: string[]) => project('media', 'demo', 'shortcut', ...parts);
    const labels = readFileSync(shop('shop.labels.txt'), 'utf8').trim().split('\n');
    const [train, heldOut] = [imagesIn(shop('shop'), labels, 0, 2), imagesIn(shop('shop'), labels, 2, 1)];
    const model = { path: shop('shop.onnx') };
    const options = { arm: 'head', epochs: 1 } as const;
    await trainWith(service, { model, train, heldOut, output, checkpoint: folder.at('state'), options });
    const input = float(
      Float32Array.from({ length: 3 * 128 * 128 }, (_, i) => Math.sin(i)),
      [1, 3, 128, 128],
    );
    const [ours, theirs] = [await runFile(output, { input }), await runInWeb(output, { input })].map(
      (results) => results['logits']!.data as Float32Array,
    );
    for (const [i, value] of ours!.entries())
      assert.ok(Math.abs(value - theirs![i]!) < 1e-3, `${value}, ${theirs![i]}`);
    try {
      execFileSync(PYTHON, ['-c', 'import onnx'], { stdio: 'ignore' });
    } catch {
      missing(this, 'python3-onnx is not installed');
    }
    const script = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)';
    execFileSync(PYTHON, ['-c', script, output], { stdio: 'pipe' });
  });

  for (const place of ['beside', 'elsewhere'] as const)
    it(`has its external weights in a file of its own, ${place}, and the old ones stay`, async () => {
      if (place === 'elsewhere') mkdirSync(folder.at('other'));
      const output = folder.at(...(place === 'elsewhere' ? ['other'] : []), 'new.onnx');
      const old = withExternalWeights(tinyModel(LEARNER), 'weights.bin');
      const train = await trained(output);
      const { model } = await train(() => {
        folder.write('model.onnx', old.model);
        folder.write('weights.bin', old.weights);
      });
      assert.deepEqual(readFileSync(folder.at('weights.bin')), Buffer.from(old.weights));
      assert.deepEqual(readFileSync(model), Buffer.from(old.model));
      assert.ok(existsSync(`${output}.data`));
      // The runtime finds the file beside the model by itself.
      const session = await InferenceSession.create(output);
      await session.release();
      const now = await service.inspect({ model: { path: output } }, { signal: { aborted: false }, emit: () => {} });
      assert.deepEqual(
        now.weightsFiles.map((file) => path.basename(file)),
        ['new.onnx.data'],
      );
    });

  it('keeps halves as halves', async () => {
    const output = folder.at('new.onnx');
    const nodes = [
      ...LEARNER.nodes.slice(0, 5),
      ['Cast', 'fc', 'fc32', { to: { int: DataType.FLOAT } }] as const,
      ['Gemm', 'row fc32 fc_b', 'logits', { transB: { int: 1 } }] as const,
    ];
    const initializers = LEARNER.initializers!.map((tensor) =>
      tensor.name === 'fc' ? makeTensor('fc', DataType.FLOAT16, [3, 128], valuesOf(tensor)!) : tensor,
    );
    const train = await trained(output);
    const { trained: told } = await train(() =>
      folder.write('model.onnx', tinyModel({ ...LEARNER, nodes, initializers })),
    );
    const { graph } = fromBinary(ModelProtoSchema, readFileSync(output));
    const fc = graph!.initializer.find(({ name }) => name === 'fc')!;
    assert.equal(fc.dataType, DataType.FLOAT16);
    assert.ok(told.changed.includes('fc'), `changed: ${told.changed}`);
    assert.equal(fc.rawData.byteLength, 3 * 128 * 2);
  });
});
