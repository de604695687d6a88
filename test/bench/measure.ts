/** What the measured processes have in common. */
import { readFileSync } from 'node:fs';

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Milliseconds a task takes. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** The most memory a process ever had resident, in MB; 0 of one that has just ended. */
export function peakOf(process: number | 'self'): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** The most memory this process ever had resident, in MB. */
export const peakMemory = (): number => peakOf('self');

/** Tells the bench that the first result is there; it measures the time since it forked this process. */
export function tellFirst(): void {
  process.send?.({ first: true });
}

/** Hands the results to the bench, and ends the process. */
export function finish(result: object): void {
  process.send?.({ result }, () => process.exit(0));
}
