/** Every method through the engine: on the demo model, on ResNet-20, and what may be refused. */
import { strict as assert } from 'node:assert';
import { METHODS, type MethodName } from '../../../src/core/methods/names';
import type { OptionValues } from '../../../src/core/options';
import type { Frame } from '../../../src/core/saliency';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import type { ExplainParams } from '../../../src/protocol/requests';
import { assertClose } from '../../core/methods/run';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { REFUSALS } from '../../support/refusals';
import { needs, project, shared } from '../../support/shared';
import { IMAGE, LAYER, networkModel, tensorFile } from '../../support/tiny-network';

/** Fewer passes than by default, so that all of this takes seconds. */
const FEW: Partial<Record<MethodName, OptionValues>> = {
  rise: { masks: 40 },
  occlusion: { stride: 15 },
  'integrated-gradients': { steps: 8 },
  'smooth-grad': { samples: 8 },
  xrai: { steps: 4 },
};
const few = (method: MethodName) => (FEW[method] ? { options: FEW[method] } : {});

/** Methods that draw random numbers. */
const SEEDED: readonly MethodName[] = ['rise', 'smooth-grad'];

type Choice = Pick<ExplainParams, 'image' | 'model'>;
const demo = (): Choice => ({ image: { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') }, model: {} });

const models: Readonly<Record<string, () => Choice>> = {
  'the demo model': demo,
  'ResNet-20': () => ({
    image: { path: shared('reference', 'cifar10_resnet20', 'images', 'frog_0003.png') },
    model: { path: shared('models', 'cifar10_resnet20.onnx') },
  }),
};

for (const [name, choice] of Object.entries(models)) {
  describe(`every method on ${name}`, () => {
    const service = createService();
    before(function () {
      const { path } = choice().model;
      if (path) needs(this, path, 'methods are run on it');
    });

    for (const method of METHODS) {
      it(`${method}: a finite map that is not constant, and running estimates before it`, async () => {
        const { explanation, frames } = await explainWith(service, { ...choice(), method, ...few(method) });
        const { map, signed, zero } = saliencyOf(explanation.frame);
        assert.ok(!zero && map.every((value) => Math.abs(value) <= 1), explanation.saliency.reason);
        assert.ok(signed || map.every((value) => value >= 0));
        const { done, total } = explanation.frame;
        assert.equal(done, total);
        assert.equal(frames.at(-1), explanation.frame);
        if (total > 8) assert.ok(frames.length > 1, 'no running estimate');
        assert.equal(explanation.method, method);
        for (const [option, value] of Object.entries(FEW[method] ?? {}))
          assert.equal(explanation.options[option], value);
      });
    }

    for (const method of SEEDED) {
      it(`${method}: its seed decides`, async () => {
        const map = async (seed: number) => {
          const options = { options: { ...FEW[method], seed } };
          return (await explainWith(service, { ...choice(), method, ...options })).explanation.frame.map;
        };
        const first = await map(1);
        assert.deepEqual(await map(1), first);
        assert.notDeepEqual(await map(2), first);
      });
    }
  });
}

describe('methods', () => {
  const folder = testFolder();
  const service = createService();
  const write = (odd = false) => ({
    model: { path: folder.write('model.onnx', networkModel({ odd })), layer: LAYER },
    image: { tensor: folder.write('input.npy', tensorFile(IMAGE)) },
    target: { index: 0 } as const,
  });

  const long: Partial<Record<MethodName, OptionValues>> = {
    rise: { masks: 1000 },
    'smooth-grad': { samples: 1000 },
    'integrated-gradients': { steps: 1000 },
    occlusion: {},
    'score-cam': {},
  };
  for (const [method, options] of Object.entries(long)) {
    it(`${method}: ends between two chunks when it is cancelled`, async () => {
      const controller = new AbortController();
      const frames: Frame[] = [];
      const stop = (frame: Frame) => {
        frames.push(frame);
        controller.abort();
      };
      const asked = { ...demo(), method: method as MethodName, options };
      await assert.rejects(explainWith(service, asked, stop, controller.signal), { code: 'cancelled' });
      assert.equal(frames.length, 1);
      assert.ok(frames[0]!.done < frames[0]!.total);
    });
  }

  it('explain a class rather than others', async () => {
    const plain = await explainWith(service, { ...write(), method: 'hires-cam' });
    const against = { contrast: [{ index: 1 }, { label: '2' }], method: 'hires-cam' } as const;
    const { explanation } = await explainWith(service, { ...write(), ...against });
    assert.deepEqual(
      explanation.contrast!.map((other) => other.class),
      [1, 2],
    );
    assert.notDeepEqual(explanation.frame.map, plain.explanation.frame.map);
    await assert.rejects(explainWith(service, { ...write(), contrast: [{ index: 0 }] }), { code: 'bad-option' });
  });

  it('weigh the others as they are told', async () => {
    const options = { channels: 'sum' };
    const map = async (more: Partial<ExplainParams>) =>
      (await explainWith(service, { ...write(), method: 'gradient', options, ...more })).explanation.frame.map;
    const [one, other] = [await map({}), await map({ target: { index: 1 } })];
    const contrast = [{ index: 1 }];
    // The gradient of y_0 - alpha y_1.
    for (const alpha of [1, 0.6]) {
      const difference = await map({ contrast, contrastWeight: alpha });
      assertClose(
        difference,
        one.map((value, i) => value - alpha * other[i]!),
      );
    }
    await assert.rejects(map({ contrast, contrastWeight: 0 }), { code: 'bad-option', message: /contrastWeight 0/ });
  });

  it('refuse an option that is not theirs, before the model is read', async () => {
    const model = { path: folder.at('none.onnx') };
    const asked = { ...write(), model, method: 'rise', options: { steps: 3 } } as const;
    await assert.rejects(explainWith(service, asked), { code: 'bad-option', message: /steps.*masks/ });
  });

  it('are refused for a cause of the table only', async () => {
    const refused = REFUSALS.flatMap((refusal) => refusal.methods.map((method) => ({ method, ...refusal })));
    const choice = write(true);
    for (const { method, cause, code, message } of refused) {
      const asked = explainWith(service, { ...choice, method, ...few(method) });
      await assert.rejects(asked, { code, message }, `${method}: ${cause}`);
    }
    for (const method of METHODS.filter((name) => !refused.some((refusal) => refusal.method === name))) {
      const { explanation } = await explainWith(service, { ...choice, method, ...few(method) });
      assert.equal(explanation.method, method);
    }
  });

  it('Group-CAM runs without gradients where a rule is missing, says so, and does not where none is', async () => {
    const options = { variant: 'gradient-free', groups: 4 };
    const { explanation: free } = await explainWith(service, { ...write(true), options });
    assert.doesNotMatch(free.saliency.note ?? '', /gradient/);
    const { explanation: paper } = await explainWith(service, { ...write(true), options: { groups: 4 } });
    assert.equal(paper.options['variant'], 'gradient-free');
    assert.match(
      paper.saliency.note ?? '',
      /gradient-free variant, since there are no gradients: operator ReverseSequence/,
    );
    assert.deepEqual([...paper.frame.map], [...free.frame.map]);
    const { explanation: plain } = await explainWith(service, { ...write(), options: { groups: 4 } });
    assert.equal(plain.options['variant'], 'paper');
    assert.doesNotMatch(plain.saliency.note ?? '', /gradient/);
  });
});
