/** Made up sets of clusters. */
import type { ClusteredBy } from '../../../src/protocol/clusters';
import type { NewClusterSet } from '../../../src/runner/store/clusters/form';
import { NONE } from '../../../src/runner/store/clusters/records';
import type { RunFile } from '../../../src/runner/store/form';
import { random } from './made';

/** Clusters of a class: its images by turns, and every tenth in none. */
export function setOf(
  run: RunFile,
  by: ClusteredBy,
  index: number,
  scores: readonly (number | undefined)[] = [0.1, 1.5, 0.3],
): NewClusterSet {
  const { items, digest } = run.clusters.members(1, by, index);
  const next = random(index);
  return {
    by,
    class: index,
    items,
    digest,
    cluster: Uint8Array.from(items, (_, n) => (n % 10 === 9 ? NONE : n % scores.length)),
    places: Float32Array.from({ length: 2 * items.length }, next),
    clusters: scores.map((score, k) => ({
      map: {
        height: 2,
        width: 3,
        lo: 0,
        hi: 1 + k,
        values: Uint8Array.of(0, 51, 102, 153, 204, 255),
        offset: 0,
        signed: false,
      },
      ...(k === 0 && { image: { side: 2, rgb: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), pictures: 7 } }),
      examples: [...items.filter((_, n) => n % scores.length === k).slice(0, 2)],
      ...(score !== undefined && {
        suspicion: { suspicious: score > 1, score, reasons: ['One.', 'Two.'], hidden: 'Hidden.' },
      }),
    })),
    transplants: [{ cluster: 0, from: 1, images: 9, before: 1, after: 5, p: [0.1, 0.9], margin: [-1.5, 2] }],
  };
}
