/** Tells how far a training is with what no step tells of. */
import type { RequestContext } from '../../protocol/requests';
import type { TrainingPart } from '../../protocol/training';

/** Milliseconds between two events. */
const EVERY = 100;

/** Milliseconds after which a step takes long. */
const LONG = 1000;

/** @returns to be called after each image */
export function counterOf(
  { emit }: Pick<RequestContext<'train'>, 'emit'>,
  epoch: number,
  part: TrainingPart,
  total: number,
): () => void {
  let [done, toldAt] = [0, performance.now()];
  if (part === 'step') toldAt += LONG - EVERY;
  else emit('progress', { epoch, part, done, total });
  return () => {
    done += 1;
    if ((done < total || part === 'step') && performance.now() - toldAt < EVERY) return;
    toldAt = performance.now();
    emit('progress', { epoch, part, done, total });
  };
}
