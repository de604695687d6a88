/** The request `layout`: in this process, since the library computes for seconds at once and needs much memory. */
import { setImmediate } from 'node:timers/promises';
import { umapOf } from '../../core/clusters/layout';
import { errors } from '../../core/errors';
import type { Params, RequestContext } from '../../protocol/requests';

/** Milliseconds after which others are answered. */
const SLICE = 15;

/** @throws cancelled between two steps; bad-option if the points are not of so many dimensions */
export async function layout(
  { points: data, dimensions, seed }: Params<'layout'>,
  { signal }: RequestContext<'layout'>,
): Promise<{ readonly places: Float32Array }> {
  const count = data.length / dimensions;
  if (!Number.isSafeInteger(count)) throw errors.badOption('dimensions', dimensions, `a divisor of ${data.length}`);
  const steps = umapOf({ count, dimensions, data }, seed);
  let last = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return { places: step.value };
    if (performance.now() - last < SLICE) continue;
    await setImmediate();
    if (signal.aborted) throw errors.cancelled();
    last = performance.now();
  }
}
