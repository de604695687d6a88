/** Explanations that others interrupt in their pauses, against the same ones alone. */
import { strict as assert } from 'node:assert';
import { METHODS, type MethodName } from '../../src/core/methods/names';
import type { OptionValues } from '../../src/core/options';
import { createService, type ServiceOptions } from '../../src/engine/service';
import type { Rival } from '../../src/engine/sessions/one-graph';
import type { Explanation } from '../../src/protocol/explanation';
import type { ExplainParams, Service } from '../../src/protocol/requests';
import { explainWith, paramsOf } from '../support/explain';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { IMAGE, LAYER, networkModel, tensorFile } from '../support/tiny-network';

type Choice = Pick<ExplainParams, 'image' | 'model'> & Partial<ExplainParams>;

/** Fewer passes than by default, so that all of this takes seconds. */
const FEW: Partial<Record<MethodName, OptionValues>> = {
  rise: { masks: 40 },
  occlusion: { stride: 30 },
  'integrated-gradients': { steps: 4 },
  'smooth-grad': { samples: 4 },
  xrai: { steps: 4 },
};

const scene = (name: string) => ({ path: project('media', 'demo', 'scenes', name) });

describe('an explanation that is interrupted', () => {
  const folder = testFolder();

  /**
   * Explains, and in each of some pauses another view, which the user turns to, asks for something else.
   *
   * @param other what is asked in the nth pause, if anything
   */
  async function interrupted(
    choice: Choice,
    other: (pause: number) => Choice | undefined,
    options: ServiceOptions = {},
  ) {
    const others: Promise<Explanation>[] = [];
    let pauses = 0;
    let isHeld = false;
    const context = { signal: { aborted: false }, emit: () => {} };
    const service: Service = createService({
      ...options,
      // It is asked whether everything is written in each pause, also in those of the others.
      written: async () => {
        if (isHeld) return;
        pauses += 1;
        const asked = other(pauses);
        if (!asked) return;
        isHeld = true;
        void service.attend({ view: 'b' }, context);
        others.push(service.explain(paramsOf({ ...asked, view: 'b' }), context));
      },
    });
    const emit = (name: string, data: unknown) => {
      if (name === 'waits' && !(data as { isWaiting: boolean }).isWaiting) isHeld = false;
    };
    const explanation = await service.explain(paramsOf({ ...choice, view: 'a' }), { ...context, emit });
    return { explanation, others: await Promise.all(others), pauses };
  }

  const told = ({ milliseconds: _, ...rest }: Explanation) => rest;

  for (const method of METHODS) {
    it(`says by ${method} what it says alone, to the last bit`, async () => {
      const options = FEW[method] ? { options: FEW[method] } : {};
      const choice = { image: scene('cat-and-dog.png'), model: {}, method, ...options };
      const { explanation: alone } = await explainWith(createService(), choice);
      const others = (['rise', 'group-cam', 'ablation-cam'] as const).map((by) => ({
        ...{ image: scene('tiger-and-cat.png'), model: {}, method: by },
        ...(by === 'rise' && { options: { masks: 8, seed: 7 } }),
        blur: { kernel: 21, sigma: 4 },
      }));
      const found = await interrupted(choice, (pause) =>
        [1, 2, 5].includes(pause) ? others[pause % others.length] : undefined,
      );
      assert.ok(found.others.length > 0, 'it was not interrupted');
      assert.deepEqual(told(found.explanation), told(alone));
    });
  }

  const takesOne = (): Choice => ({
    image: { tensor: folder.write('image.npy', tensorFile(IMAGE)) },
    model: { path: folder.write('model.onnx', networkModel({ fixedInside: true })), layer: LAYER },
  });

  for (const at of [1, 2, 3]) {
    it(`goes on one image at a time where another one has found out, in pause ${at}, that the model takes no more`, async () => {
      const choice = { ...takesOne(), method: 'group-cam' } as const;
      const { explanation: alone } = await explainWith(createService(), choice);
      const found = await interrupted(choice, (pause) =>
        pause === at ? { ...choice, method: 'score-cam' } : undefined,
      );
      assert.equal(found.others.length, 1);
      assert.deepEqual(told(found.explanation), told(alone));
    });
  }

  it('keeps the graph that makes its map until that has run, whatever is asked meanwhile', async () => {
    const memory = { recall: async (): Promise<Rival> => 'one graph', keep: async () => {} };
    const choice = { image: scene('cat-and-dog.png'), model: {} };
    const another = { ...choice, options: { groups: 5 } };
    const service = { isOffered: () => true, memory };
    const { pauses } = await interrupted(choice, () => undefined, service);
    for (let at = 1; at <= pauses; at++) {
      const found = await interrupted(choice, (pause) => (pause === at ? another : undefined), service);
      assert.deepEqual(
        [found.explanation, ...found.others].map(({ way }) => way?.used),
        ['one graph', 'one graph'],
        `in pause ${at}`,
      );
    }
  });
});
