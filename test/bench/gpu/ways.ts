/**
 * The ways in which the product runs a method on a card: single passes, one graph, and one graph in half floats. Each is forced
 * here, so that all of them are seen, and then they are left to the race that chooses one.
 */
import { saliencyOf } from '../../../src/core/saliency';
import { spearman } from '../../../src/core/sanity/similarity';
import { createService } from '../../../src/engine/service';
import { RIVALS, type Rival } from '../../../src/engine/sessions/one-graph';
import { ALIKE } from '../../../src/engine/sessions/trial';
import type { Explanation } from '../../../src/protocol/explanation';
import type { Service } from '../../../src/protocol/requests';
import { median } from '../measure';
import type { Figure } from './figures';

type Found = Omit<Figure, 'model'>;
type Precision = 'auto' | 'float32' | 'float16';

/** A service that takes this way, or finds one by a race, on any device. */
const serviceFor = (rival?: Rival): Service =>
  createService({ isOffered: () => true, memory: { recall: async () => rival, keep: async () => {} } });

/**
 * @param explain explains another picture with each call of `next`, and the same one again otherwise
 * @returns for each way its time over that of single passes, and how its answer differs
 */
export async function waysOf(
  explain: (service: Service, precision: Precision, isNext: boolean) => Promise<Explanation>,
  repeat: number,
): Promise<readonly Found[]> {
  const services = RIVALS.map((rival) => serviceFor(rival));
  const times: number[][] = RIVALS.map(() => []);
  const answers: Explanation[][] = RIVALS.map(() => []);
  // The first round makes sessions and does not count.
  for (let round = 0; round <= repeat; round++)
    for (const [i, service] of services.entries()) {
      const precision = RIVALS[i] === 'one graph in float16' ? 'float16' : 'float32';
      const explanation = await explain(service, precision, i === 0);
      answers[i]!.push(explanation);
      if (round > 0) times[i]!.push(explanation.milliseconds.total);
    }
  const [passes, ...graphs] = RIVALS.map((_, i) => median(times[i]!));
  const [expected, real, half] = answers as [Explanation[], Explanation[], Explanation[]];
  const found = [
    ...graphs.map((milliseconds, i) => timeOf(RIVALS[i + 1]!, milliseconds, passes!, answers[i + 1]!.at(-1)!)),
    agreement(real, expected),
    ranks(half, expected),
  ];
  const raced = await explain(serviceFor(), 'auto', true);
  const race = `the race takes ${raced.way?.used}: ${raced.way?.reason}; ${raced.precision?.reason ?? 'no half floats'}`;
  return [...found, { what: 'way that the race takes', measured: undefined, detail: race }];
}

function timeOf(rival: Rival, milliseconds: number, passes: number, { way, precision }: Explanation): Found {
  const what = `${rival} over single passes`;
  const used = precision?.used === 'float16' ? 'one graph in float16' : way?.used;
  if (used !== rival) return { what, measured: undefined, detail: `not taken: ${way?.reason}` };
  return { what, measured: milliseconds / passes, detail: `${milliseconds.toFixed(1)} over ${passes.toFixed(1)} ms` };
}

/** Maps are brought to [0, 1]. */
function agreement(graph: readonly Explanation[], passes: readonly Explanation[]): Found {
  const worst = graph.reduce((most, { frame }, i) => {
    const [a, b] = [saliencyOf(frame).map, saliencyOf(passes[i]!.frame).map];
    return a.reduce((so, value, k) => Math.max(so, Math.abs(value - b[k]!)), most);
  }, 0);
  return {
    what: 'map by one graph against single passes',
    measured: worst,
    limit: { bound: 1e-3, by: 'at most' },
    isNeeded: true,
    detail: `largest difference of ${graph.length} maps`,
  };
}

/** The product does not use half floats for a model where these ranks differ, so nothing is wrong then. */
function ranks(half: readonly Explanation[], passes: readonly Explanation[]): Found {
  const what = "ranks of masks' scores in half floats against float32";
  if (half[0]!.precision?.used !== 'float16')
    return { what, measured: undefined, detail: 'half floats were not taken' };
  const least = Math.min(...half.map(({ scores }, i) => spearman(scores, passes[i]!.scores)));
  const detail = `least correlation of ${half.length} images`;
  return { what, measured: least, limit: { bound: ALIKE, by: 'at least' }, detail };
}
