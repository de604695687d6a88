/** Predictions of sweeps, against a plain session of onnxruntime that takes the images one by one. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { CIFAR, cifarFolder, RESNET20 } from '../../support/cifar';
import { needs, nightly, shared } from '../../support/shared';
import { imagesOf, sweepWith } from '../../support/sweep';

const pictures = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort()
    .map((name) => path.join(folder, name));

/** The softmax in double precision. */
function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

describe('sweep and a plain session', () => {
  const service = createService();

  async function agrees(model: string, paths: readonly string[]): Promise<void> {
    const { swept, failed } = await sweepWith(service, { model: { path: model }, images: imagesOf(paths) });
    assert.deepEqual(failed, []);
    const info = await service.inspect({ model: { path: model } }, silent);
    const session = await InferenceSession.create(model);
    for (const [i, file] of paths.entries()) {
      const { tensor, dims } = await prepareInput({ path: file }, info);
      const result = await session.run({ [info.input.name]: new Tensor('float32', tensor, dims) });
      const p = softmax(result[info.output.name]!.data as Float32Array);
      const [index, found] = swept[i]!.top[0]!;
      assert.equal(index, p.indexOf(Math.max(...p)), file);
      assert.ok(Math.abs(found - p[index]!) <= 1e-5, `${file}: ${found} for ${p[index]}`);
    }
    await session.release();
  }

  it('ResNet-20 on images of CIFAR-10: the same classes, and p to 1e-5', async function () {
    for (const file of [CIFAR, RESNET20]) needs(this, file, 'there is nothing to sweep');
    const every = nightly ? 5 : 25;
    await agrees(
      RESNET20,
      pictures(cifarFolder()).filter((_, i) => i % every === 0),
    );
  });

  it('MobileNet v2 on photographs: the same classes, and p to 1e-5', async function () {
    const model = shared('models', 'mobilenet_v2.onnx');
    for (const file of [shared('images'), model]) needs(this, file, 'there is nothing to sweep');
    const every = nightly ? 1 : 8;
    await agrees(
      model,
      pictures(shared('images')).filter((_, i) => i % every === 0),
    );
  });
});

const silent = { signal: new AbortController().signal, emit: () => {} };
