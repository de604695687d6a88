/** Which part of the shards a process computes: as it is told, or as a scheduler tells it. Pure. */
import { errors } from '../../core/errors';

export interface Part {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const WANTED = 'i/n, such as 3/10, with i from 1 to n';

/** @throws bad-option */
export function partOf(text: string | undefined, environment: Environment): Part {
  if (text !== undefined) return partIn(text);
  const part = slurmPart(environment) ?? kubernetesPart(environment);
  if (part) return part;
  throw errors.badOption(
    '--shared',
    'without --shard',
    'given with --shard i/n, or by a scheduler: SLURM_ARRAY_TASK_ID, or JOB_COMPLETION_INDEX with JOB_COMPLETIONS',
  );
}

function partIn(text: string): Part {
  const [, i, n] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const [number, count] = [Number(i), Number(n)];
  if (!(number >= 1 && number <= count)) throw errors.badOption('--shard', text, WANTED);
  return { index: number - 1, count };
}

function numberOf(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw errors.badOption(name, text, 'a whole number');
  return Number(text);
}

/** Tasks of an array may begin with any number, and have any step. */
function slurmPart(environment: Environment): Part | undefined {
  const task = numberOf(environment, 'SLURM_ARRAY_TASK_ID');
  if (task === undefined) return undefined;
  const number = (name: string) => numberOf(environment, `SLURM_ARRAY_TASK_${name}`);
  const count = number('COUNT');
  if (count === undefined)
    throw errors.badOption('SLURM_ARRAY_TASK_COUNT', 'nothing', 'there too, or --shard i/n be given');
  const [first, last, step] = [number('MIN') ?? 0, number('MAX'), number('STEP') ?? 1];
  const index = (task - first) / step;
  const isRegular = last === undefined || (last - first) / step === count - 1;
  if (!isRegular || !Number.isInteger(index) || index < 0 || index >= count)
    throw errors.badOption(
      'the Slurm array',
      `task ${task} of ${count}`,
      'one range of tasks, such as 0-9; for single tasks of it give --shard i/n yourself',
    );
  return { index, count };
}

/** Kubernetes tells a pod its index, but not how many there are: the manifest has to. */
function kubernetesPart(environment: Environment): Part | undefined {
  const index = numberOf(environment, 'JOB_COMPLETION_INDEX');
  if (index === undefined) return undefined;
  const count = numberOf(environment, 'JOB_COMPLETIONS');
  if (count === undefined || index >= count)
    throw errors.badOption(
      'JOB_COMPLETIONS',
      String(count ?? 'nothing'),
      `the Job's number of completions, which is above its index ${index}; set it in the manifest`,
    );
  return { index, count };
}
