/** The progress of a shard, as dashboards show it. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../src/client/engine';
import { counting, type Progress } from '../../../src/runner/queue/counting';

describe('runner: the progress of a shard', () => {
  it('counts images as they are swept or fail, and their maps, from nothing for each shard', async () => {
    const answers: readonly ('swept' | 'failed')[] = ['swept', 'failed', 'swept'];
    const passed: string[] = [];
    const call = async (method: string, _: unknown, { on = {} }: { on?: Record<string, (answer: number) => void> }) => {
      if (method === 'sweep') for (const [i, answer] of answers.entries()) on[answer]?.(i);
      return method;
    };
    const { engine, begin } = counting({ call } as unknown as Engine);
    const ask = engine.call as unknown as (method: string, params: object, options?: object) => Promise<string>;
    for (let shard = 0; shard < 2; shard++) {
      const told: Progress[] = [];
      begin((done) => told.push(done));
      await ask('sweep', {}, { on: { swept: (i: number) => passed.push(`swept ${i}`) } });
      assert.equal(await ask('explain', {}), 'explain');
      await ask('inspect', {});
      assert.deepEqual(told, [
        { images: 1, maps: 0 },
        { images: 2, maps: 0 },
        { images: 3, maps: 0 },
        { images: 3, maps: 1 },
      ]);
    }
    assert.deepEqual(passed, ['swept 0', 'swept 2', 'swept 0', 'swept 2']);
  });
});
