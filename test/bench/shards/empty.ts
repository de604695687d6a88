/** Shards in which nothing is computed: a row for each image, without a map. */
import { createHash } from 'node:crypto';
import type { computeShard, ShardTask } from '../../../src/runner/shards/compute';
import { jobOf, performShard } from '../../../src/runner/shards/perform';
import type { Plan } from '../../../src/runner/shards/plan';

/** Shards that are in work at the same time, as by as many workers. */
const AT_ONCE = 16;
const SIZE = { width: 32, height: 32 };

const hashOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

const empty: typeof computeShard = async (_task, _job, items) => ({
  rows: items.map(({ position }) => ({
    item: position,
    hash: hashOf(position),
    correct: true,
    swept: {
      id: position,
      size: SIZE,
      transform: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: SIZE },
      top: [
        [0, 0.75],
        [1, 0.25],
      ],
      margin: 0.5,
      embedding: new Float32Array(1),
    },
  })),
  maps: [],
  lacking: [],
  device: 'cpu',
});

/** Commits all shards of a plan. */
export async function commitEmpty(plan: Plan, root: string): Promise<void> {
  const task = { plan, root, device: 'cpu' } as unknown as ShardTask;
  const { signal } = new AbortController();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < plan.shards)
      await performShard(task, jobOf(task, next++), { processor: 'bench', compute: empty }, signal);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
