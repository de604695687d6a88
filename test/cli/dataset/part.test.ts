/** Which part of the shards a process takes, by its option or by what schedulers set. */
import assert from 'node:assert/strict';
import { partOf } from '../../../src/cli/dataset/part';

type Environment = Readonly<Record<string, string>>;

const slurm = (id: number, count: number, more: Environment = {}): Environment => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_COUNT: String(count),
  ...more,
});
const range = (first: number, last: number, step = 1): Environment => ({
  SLURM_ARRAY_TASK_MIN: String(first),
  SLURM_ARRAY_TASK_MAX: String(last),
  SLURM_ARRAY_TASK_STEP: String(step),
});

describe('the part of a process', () => {
  for (const [what, text, environment, index, count] of [
    ['the first by the option', '1/3', {}, 0, 3],
    ['the last by the option', '3/3', {}, 2, 3],
    ['the option before a scheduler', '2/4', slurm(0, 9), 1, 4],
    ['an array from 0', undefined, slurm(2, 10, range(0, 9)), 2, 10],
    ['an array from 1', undefined, slurm(10, 10, range(1, 10)), 9, 10],
    ['an array with a step', undefined, slurm(8, 4, range(0, 12, 4)), 2, 4],
    ['an array of which only number and count are told', undefined, slurm(3, 4), 3, 4],
    ['one task alone, which takes all that is left', undefined, slurm(7, 1, range(7, 7)), 0, 1],
    ['an indexed Job', undefined, { JOB_COMPLETION_INDEX: '4', JOB_COMPLETIONS: '5' }, 4, 5],
  ] as const)
    it(what, () => assert.deepEqual(partOf(text, environment), { index, count }));

  for (const [what, text, environment, message] of [
    ['nothing', undefined, {}, /--shared .*--shard i\/n/],
    ['0 of 3', '0/3', {}, /--shard 0\/3: must be i\/n/],
    ['4 of 3', '4/3', {}, /--shard 4\/3/],
    ['no fraction', '3', {}, /--shard 3/],
    ['a fraction of words', '1/x', {}, /--shard 1\/x/],
    ['an array without its count', undefined, { SLURM_ARRAY_TASK_ID: '1' }, /SLURM_ARRAY_TASK_COUNT/],
    ['an array of single tasks', undefined, slurm(7, 2, range(3, 7)), /task 7 of 2.*--shard i\/n yourself/],
    ['an array with a number that is none', undefined, slurm(0, 2, { SLURM_ARRAY_TASK_ID: '0x1' }), /TASK_ID 0x1/],
    ['a Job without its completions', undefined, { JOB_COMPLETION_INDEX: '0' }, /JOB_COMPLETIONS nothing/],
    ['a Job with too few completions', undefined, { JOB_COMPLETION_INDEX: '3', JOB_COMPLETIONS: '3' }, /COMPLETIONS 3/],
  ] as const)
    it(`${what} is refused in one line`, () =>
      assert.throws(() => partOf(text, environment), { code: 'bad-option', message }));
});
