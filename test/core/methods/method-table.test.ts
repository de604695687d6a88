import assert from 'node:assert/strict';
import { type MethodInfo, methods } from '../../../src/core/methods/method-table';
import { type MethodName, usesLayer } from '../../../src/core/methods/names';
import { correlation } from '../../support/maps';
import { classOf, explain, framesOf } from './run';
import { tinyNetwork } from './tiny-network';

/** 16 x 16 pixels of three colours, a layer of six channels of 8 x 8, three classes. */
const wave = (c: number, i: number, j: number) => Math.sin(0.7 * i + c) * Math.cos(0.5 * j * (c + 1)) + 0.2 * c;
const network = () =>
  tinyNetwork({
    image: [0, 1, 2].map((c) =>
      Array.from({ length: 16 }, (_, i) => Array.from({ length: 16 }, (_, j) => wave(c, i, j))),
    ),
    pool: 2,
    weights: Array.from({ length: 6 }, (_, k) => [0, 1, 2].map((c) => Math.sin(3 * k + c))),
    bias: Array.from({ length: 6 }, (_, k) => 0.1 * k),
    head: [0, 1, 2].map((c) => Array.from({ length: 6 }, (_, k) => 3 * Math.cos(2 * k + c ** 2))),
  });

const NAMES = Object.keys(methods) as MethodName[];
const FEW = { rise: { masks: 50 }, 'smooth-grad': { samples: 10 } } as Partial<
  Record<MethodName, Record<string, number>>
>;

describe('the table of methods', () => {
  for (const name of NAMES) {
    const { needs, ofClass } = methods[name] as MethodInfo;

    it(`${name}: finite, not constant, and it stops where it said`, async () => {
      const frames = await framesOf(methods[name].run(network(), classOf(network(), { class: 1 }), FEW[name]));
      for (const { height, width, map, offset } of frames) {
        assert.equal(map.length, height * width);
        assert.ok(map.every(Number.isFinite) && Number.isFinite(offset));
      }
      const { map, done, total } = frames.at(-1)!;
      assert.ok(map.some((value) => value !== map[0]));
      assert.equal(done, total);
      if ((needs as readonly string[]).includes('passes')) assert.ok(frames.length > 1, 'no running estimate');
    });

    it(`${name}: ${ofClass === false ? 'is the same for every class' : 'depends on the class and on the contrast'}`, async () => {
      const of = async (target: Parameters<typeof explain>[2]) =>
        (await explain(network(), name, target, FEW[name])).map;
      const map = await of({ class: 1 });
      const others = [await of({ class: 2 }), await of({ class: 1, contrast: { classes: [2], weight: 1 } })];
      for (const other of others) {
        if (ofClass === false) assert.deepEqual(other, map);
        else assert.ok(correlation(other, map) < 0.9999, `${correlation(other, map)}`);
      }
    });
  }

  it('a layer is named beside the maps of exactly the methods that need one', () => {
    for (const name of NAMES)
      assert.equal(usesLayer(name), (methods[name] as MethodInfo).needs.includes('layer'), name);
  });

  it('refuses options that a method has not', () => {
    assert.throws(() => methods['grad-cam'].run(network(), classOf(network(), { class: 0 }), { groups: 3 }), {
      code: 'bad-option',
    });
  });

  it('Group-CAM by k-means depends on its seed only', async () => {
    const of = async (seed: number) => [
      ...(await explain(network(), 'group-cam', { class: 0 }, { groups: 3, grouping: 'k-means', seed })).map,
    ];
    assert.deepEqual(await of(1), await of(1));
    const consecutive = (await explain(network(), 'group-cam', { class: 0 }, { groups: 3 })).map;
    assert.notDeepEqual(await of(1), [...consecutive]);
  });
});
