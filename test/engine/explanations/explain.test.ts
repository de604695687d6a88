/** The request `explain` as a whole: what is run and reused, what ends it, what it says. */
import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import type { Variant } from '../../../src/core/cam/variants';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { saliencyOf } from '../../../src/core/saliency';
import { recordOf } from '../../../src/engine/explanations/record';
import { createService } from '../../../src/engine/service';
import type { Service } from '../../../src/protocol/requests';
import { explainWith, paramsOf } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

describe('explain', () => {
  const folder = testFolder();
  let service: Service;

  beforeEach(() => {
    service = createService();
  });

  /** A model of the given form and an image in the test's folder. */
  function write(form: Form = {}, name = 'model.onnx') {
    return {
      model: { path: folder.write(name, networkModel(form)), layer: LAYER },
      image: { tensor: folder.write('input.npy', tensorFile(form.image ?? IMAGE, form.layout)) },
      target: { index: 0 } as const,
    };
  }

  describe('passes', () => {
    /** [what, form, masks scored, passes for the image, passes for another class] */
    const table: [string, Form, number, number][] = [
      ['a layer that is a cut', {}, 2, 0],
      ['a layer that is none: the gradient starts at a cut before it', { around: 'map' }, 2, 0],
      ['a layer that is none, nor any before it: the gradient starts at the input', { around: 'image' }, 3, 1],
    ];
    for (const [what, form, extra, again] of table) {
      it(what, async () => {
        const choice = write(form);
        const first = await explainWith(service, choice);
        const scored = (scores: Float32Array) => scores.filter((score) => score !== 0).length;
        assert.ok(scored(first.explanation.scores) > 1);
        // The image itself, the blurred image and a pass for each mask that is not constant.
        assert.equal(first.explanation.passes, scored(first.explanation.scores) + extra);

        const other = await explainWith(service, { ...choice, target: { index: 1 } });
        assert.equal(other.explanation.passes, scored(other.explanation.scores) + again);
        const blurAgain = await explainWith(service, { ...choice, blur: { ...DEFAULT_CHOICE.blur, sigma: 3 } });
        assert.equal(blurAgain.explanation.passes, scored(blurAgain.explanation.scores) + again + 1);
      });
    }

    it('of a changed image are run anew', async () => {
      const choice = write();
      await explainWith(service, choice);
      folder.write('input.npy', tensorFile({ ...IMAGE, data: noise(IMAGE.data.length, 99) }));
      const { explanation } = await explainWith(service, choice);
      assert.ok(explanation.passes > explanation.scores.filter((score) => score !== 0).length + 1);
    });
  });

  it('streams Grad-CAM first, then refined maps, the last of which is the result', async () => {
    const { explanation, frames } = await explainWith(service, write());
    assert.equal(frames[0]!.done, 0);
    assert.ok(frames.every(({ done }, i) => i === 0 || done > frames[i - 1]!.done));
    const gradCam = await explainWith(service, { ...write(), method: 'grad-cam' });
    assert.deepEqual(frames[0]!.map, gradCam.explanation.frame.map);
    assert.equal(frames.at(-1), explanation.frame);
    assert.equal(explanation.frame.done, explanation.frame.total);
    assert.deepEqual(explanation.frame.inputSize, { width: 16, height: 12 });
  });

  it('tells which files it rests on, as they were when they were read, those that are not there too', async () => {
    const choice = write();
    const told: { path: string; size: number | undefined; mtime: number }[] = [];
    const { signal } = new AbortController();
    const emit = (event: string, data: unknown) => event === 'files' && told.push(...(data as typeof told));
    await service.explain(paramsOf(choice), { signal, emit });
    for (const file of [choice.image.tensor, choice.model.path]) {
      const { size, mtimeMs: mtime } = statSync(file);
      assert.deepEqual(
        told.find(({ path }) => path === file),
        { path: file, size, mtime },
      );
    }
    const sidecar = choice.model.path.replace('.onnx', '.explain.json');
    assert.equal(told.find(({ path }) => path === sidecar)?.size, undefined);
    assert.ok(told.some(({ path }) => path === sidecar));
  });

  it('gives the top classes, most probable first, and explains the first by default', async () => {
    const { explanation } = await explainWith(service, { ...write(), target: 'top', top: 2 });
    const order = [...explanation.probabilities.keys()].sort(
      (a, b) => explanation.probabilities[b]! - explanation.probabilities[a]!,
    );
    assert.deepEqual(
      explanation.top.map((entry) => entry.class),
      order.slice(0, 2),
    );
    assert.equal(explanation.class, order[0]);
  });

  it('explains a model that was rewritten by its new weights', async () => {
    const choice = write();
    const before = await explainWith(service, choice);
    write({ network: { ...NETWORK, linear: NETWORK.linear.toReversed() } });
    const after = await explainWith(service, choice);
    assert.notDeepEqual(after.explanation.probabilities, before.explanation.probabilities);
  });

  describe('ends', () => {
    it('between two chunks when it is cancelled', async () => {
      const controller = new AbortController();
      let frames = 0;
      const running = explainWith(
        service,
        { ...write({ batch: 1 }), options: { groups: 7 } },
        () => {
          frames += 1;
          if (frames === 2) controller.abort();
        },
        controller.signal,
      );
      await assert.rejects(running, { code: 'cancelled' });
      assert.equal(frames, 2);
    });

    it('when a newer request of the same view comes', async () => {
      const choice = write();
      const older = explainWith(service, choice);
      const newer = explainWith(service, { ...choice, target: { index: 2 } });
      await assert.rejects(older, { code: 'cancelled' });
      assert.equal((await newer).explanation.class, 2);
    });

    it('not for a request of another view', async () => {
      const choice = write();
      const [one, two] = await Promise.all([
        explainWith(service, { ...choice, view: 'one' }),
        explainWith(service, { ...choice, view: 'two', target: { index: 2 } }),
      ]);
      assert.deepEqual([one.explanation.class, two.explanation.class], [0, 2]);
    });

    it('and the next request is none the worse for a failed one', async () => {
      const choice = write();
      const failing = explainWith(service, { ...choice, model: { path: folder.at('none.onnx') } });
      const next = explainWith(service, { ...choice, view: 'next' });
      await assert.rejects(failing, { code: 'model-missing' });
      assert.equal((await next).explanation.class, 0);
    });
  });

  describe('a blank map says why', () => {
    const blank = async (form: Form, options = {}) => {
      const { explanation } = await explainWith(service, { ...write(form), ...options });
      assert.ok(explanation.saliency.zero);
      assert.ok(saliencyOf(explanation.frame).map.every((value) => value === 0));
      return explanation.saliency.reason!;
    };
    const against = { ...NETWORK, linear: NETWORK.linear.map((value) => -Math.abs(value)) };

    it('every channel speaks against the class', async () => {
      assert.match(await blank({ network: against }), /every mask is empty/);
      assert.match(await blank({ network: against }, { method: 'grad-cam' }), /no positive evidence/);
    });
    it('the percentile removes everything', async () => {
      assert.match(await blank({}, { options: { theta: 100 } }), /every mask is empty/);
    });
    it('an image of zeros', async () => {
      assert.match(await blank({ image: { ...IMAGE, data: IMAGE.data.map(() => 0) } }), /every mask is empty/);
    });
    it('nothing is left of equation 7', async () => {
      assert.match(await blank({}, { options: { evidence: 'positive' } }), /^no positive evidence/);
    });
  });

  it('shows what speaks against a class where nothing is left of equation 7, with a note', async () => {
    const { explanation, frames } = await explainWith(service, write());
    const { zero, reason, note, min, max } = explanation.saliency;
    assert.deepEqual([zero, reason], [false, undefined]);
    assert.ok(min < 0 && max <= 0, `${min} to ${max}`);
    assert.match(note!, /^no positive evidence: .*; the map shows what speaks against it$/);
    assert.equal(recordOf(explanation).saliency.note, note);
    assert.deepEqual([frames[0]!.signed, explanation.frame.signed], [false, true]);
  });

  describe('an operator without a gradient', () => {
    for (const variant of ['paper', 'official'] satisfies Variant[]) {
      it(`makes the variant ${variant} the one without gradients, with a note that names it`, async () => {
        const model = write({ odd: true });
        const { explanation } = await explainWith(service, { ...model, options: { variant } });
        const free = await explainWith(service, { ...model, options: { variant: 'gradient-free' } });
        assert.equal(explanation.options['variant'], 'gradient-free');
        assert.match(
          explanation.saliency.note ?? '',
          /gradient-free variant, since there are no gradients.*ReverseSequence/,
        );
        assert.deepEqual(explanation.frame.map, free.explanation.frame.map);
        assert.doesNotMatch(free.explanation.saliency.note ?? '', /no gradients/);
      });
    }

    it('is an error for a method that has no such variant', async () => {
      const running = explainWith(service, { ...write({ odd: true }), method: 'grad-cam' });
      await assert.rejects(running, { code: 'unsupported-operator', message: /ReverseSequence/ });
    });
  });

  it('refuses to make a map of scores that are no numbers', async () => {
    const network = { ...NETWORK, linear: NETWORK.linear.with(4, Number.NaN) };
    await assert.rejects(explainWith(service, write({ network })), {
      code: 'not-finite',
      message: /model\.onnx: .*class scores are NaN or infinite/,
    });
  });

  describe('refuses', () => {
    const refused: [string, object, object][] = [
      ['an unknown class', { target: { index: 3 } }, { code: 'unknown-class' }],
      ['an unknown layer', { model: { layer: 'none' } }, { code: 'unknown-layer' }],
      ['no groups', { options: { groups: 0 } }, { code: 'bad-option', message: /^groups 0: / }],
      ['a percentile above 100', { options: { theta: 101 } }, { code: 'bad-option' }],
      ['an even kernel', { blur: { kernel: 50, sigma: 50 } }, { code: 'bad-option' }],
      ['a sigma of 0', { blur: { kernel: 51, sigma: 0 } }, { code: 'bad-option' }],
      [
        'a device that is not there',
        { device: process.platform === 'win32' ? 'coreml' : 'dml' },
        { code: 'device-unavailable' },
      ],
    ];
    for (const [what, options, expected] of refused) {
      it(what, async () => {
        const choice = write();
        const model = { ...choice.model, ...('model' in options ? (options.model as object) : {}) };
        await assert.rejects(explainWith(service, { ...choice, ...options, model }), expected);
      });
    }
  });
});
