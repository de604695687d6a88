/** What is new about the work on a run file. Pure. */
import type { Work } from '../../../src/protocol/dataset';
import { plural } from '../texts';

/** What is said when maps are all computed; undefined if none have just been, or if they were cancelled. */
export function mapsDone(before: readonly Work[], after: readonly Work[]): string | undefined {
  const done = after.find(
    ({ id, kind, state, done, failed, total }) =>
      kind === 'maps' &&
      state === 'done' &&
      done + failed >= total &&
      !before.some((other) => other.id === id && other.state === 'done'),
  );
  if (!done) return undefined;
  const by = done.method === undefined ? '' : ` by ${done.method}`;
  if (done.total === 0) return `All of these images have maps${by} already.`;
  const failed = done.failed > 0 ? `, ${plural(done.failed, 'image')} failed` : '';
  return `Maps${by} are done: ${plural(done.done, 'image')}${failed}.`;
}
