/** Rules over random shapes and attributes, checked against forward runs. */
import fc from 'fast-check';
import { int, int64, int64Of, ints, string } from './cases/operands';
import { type Case, check } from './check';

const RUNS = { numRuns: 25, seed: 1 };

const size = (max = 4) => fc.integer({ min: 1, max });
const dims = (minLength: number, maxLength: number, max = 4) => fc.array(size(max), { minLength, maxLength });

/** Two terms and an output over at most four labels, of which each term has some, in any order. */
const einsum = fc
  .record({
    sizes: fc.tuple(size(3), size(3), size(3), size(3)),
    terms: fc.tuple(fc.shuffledSubarray([...'ijkl'], { minLength: 1 }), fc.shuffledSubarray([...'ijkl'])),
    rest: fc.func(fc.boolean()),
  })
  .map(({ sizes, terms, rest }): Case => {
    const used = [...new Set(terms.flat())].sort();
    const output = used.filter((label) => rest(label)).join('');
    return {
      op: 'Einsum',
      kind: 'linear',
      inputs: terms.map((term) => term.map((label) => sizes['ijkl'.indexOf(label)]!)),
      attributes: { equation: string(`${terms.map((term) => term.join('')).join(',')}->${output}`) },
      wrt: [0, 1],
    };
  });

const tile = dims(1, 4).chain((x) =>
  fc
    .array(size(3), { minLength: x.length, maxLength: x.length })
    .map((repeats): Case => ({ op: 'Tile', kind: 'linear', inputs: [x, int64(...repeats)] })),
);

const cumSum = fc // Of one element alone an exclusive sum is zero.
  .record({
    x: dims(1, 4).map((sizes) => sizes.map((one) => one + 1)),
    axis: fc.nat(),
    exclusive: fc.nat(1),
    reverse: fc.nat(1),
  })
  .map(
    ({ x, axis, exclusive, reverse }): Case => ({
      op: 'CumSum',
      kind: 'linear',
      inputs: [x, int64Of([], (axis % (2 * x.length)) - x.length)],
      attributes: { exclusive: int(exclusive), reverse: int(reverse) },
    }),
  );

/** Indices of any picks, with repetitions and negative ones. */
const gatherND = fc
  .record({
    x: dims(2, 4),
    batch: fc.nat(1),
    depth: size(3),
    picks: size(4),
    places: fc.array(fc.nat(), { minLength: 64 }),
  })
  .map(({ x, batch, depth, picks, places }): Case => {
    const addressed = x.slice(batch, batch + depth);
    const shape = [...x.slice(0, batch), picks, addressed.length];
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => {
      const limit = addressed[i % addressed.length]!;
      return (places[i % places.length]! % (2 * limit)) - limit;
    });
    return {
      op: 'GatherND',
      kind: 'linear',
      inputs: [x, int64Of(shape, ...values)],
      attributes: { batch_dims: int(batch) },
    };
  });

const layerNormalization = fc.record({ x: dims(2, 4), from: fc.nat() }).map(({ x, from }): Case => {
  const axis = from % x.length;
  // One element alone has no variance, and a gradient of zero.
  const rows = x.with(-1, x.at(-1)! + 1);
  return {
    op: 'LayerNormalization',
    kind: 'smooth',
    inputs: [rows, rows.slice(axis)],
    attributes: { axis: int(axis - x.length) },
    wrt: [0, 1],
  };
});

const groupNormalization = fc.record({ n: size(2), groups: size(3), each: size(3), spatial: dims(1, 3, 3) }).map(
  ({ n, groups, each, spatial }): Case => ({
    op: 'GroupNormalization',
    kind: 'smooth32',
    // With a large epsilon, so that groups of one element alone are smooth too.
    inputs: [[n, groups * each, ...spatial], [groups * each], [groups * each]],
    attributes: { num_groups: int(groups), epsilon: { float: 0.5 } },
    opset: 21,
  }),
);

const depthToSpace = fc
  .record({ n: size(2), channels: size(3), block: size(3), height: size(3), width: size(3), crd: fc.boolean() })
  .map(
    ({ n, channels, block, height, width, crd }): Case => ({
      op: 'DepthToSpace',
      kind: 'linear',
      inputs: [[n, channels * block ** 2, height, width]],
      attributes: { blocksize: int(block), mode: string(crd ? 'CRD' : 'DCR') },
    }),
  );

const reduceProd = fc.record({ x: dims(1, 3), axes: fc.shuffledSubarray([0, 1, 2]) }).map(({ x, axes }): Case => {
  const own = axes.filter((axis) => axis < x.length);
  return { op: 'ReduceProd', kind: 'smooth32', inputs: [x], attributes: own.length > 0 ? { axes: ints(...own) } : {} };
});

describe('gradient rules over random shapes', () => {
  const cases = { einsum, tile, cumSum, gatherND, layerNormalization, groupNormalization, depthToSpace, reduceProd };
  for (const [name, arbitrary] of Object.entries(cases))
    it(name, () =>
      fc.assert(
        fc.asyncProperty(arbitrary, (row) => check(row)),
        RUNS,
      ),
    );
});
