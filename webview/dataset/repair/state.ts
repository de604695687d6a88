/** What the page knows of the repairs of its run file. */
import { signal } from '@preact/signals';
import type { RepairInfo } from '../../../src/protocol/training';

/** Losses by step, from 1, as they were told; of epochs that were not seen the mean at their last step. */
export type Losses = ReadonlyMap<number, number>;

export type RepairsState = ReturnType<typeof createRepairsState>;

export const createRepairsState = () => ({
  /** By number; undefined until they are known. */
  known: signal<ReadonlyMap<number, RepairInfo> | undefined>(undefined),
  losses: signal<ReadonlyMap<number, Losses>>(new Map()),
  /** The repair that the user has chosen. */
  chosen: signal<number | undefined>(undefined),
  /** The file that the host was asked about last, and why it can't be that one. */
  output: signal<{ readonly output: string; readonly fault?: string } | undefined>(undefined),
  /** Why the runner has refused what the form has. */
  refused: signal<string | undefined>(undefined),
});

/** The losses after more was told. */
export function withLosses(before: Losses, { epochs, losses, step }: RepairInfo): Losses {
  const next = new Map(before);
  const last = step?.step ?? epochs.at(-1)?.step ?? 0;
  const first = last - losses.length + 1;
  losses.forEach((loss, i) => {
    if (first + i > 0) next.set(first + i, loss);
  });
  for (const { step: end, loss, epoch } of epochs) if (epoch > 0 && !next.has(end)) next.set(end, loss);
  return next;
}
