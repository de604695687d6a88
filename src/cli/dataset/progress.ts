/** Prints how far work on a run file is, every few seconds. */
import type { Work } from '../../protocol/dataset';
import { inWords } from '../evaluate/progress';

export interface WorkProgress {
  show(work: Work): void;
}

const EVERY = 5000;

export function createProgress(say: (text: string) => void, now = () => performance.now()): WorkProgress {
  let saidAt = now();
  return {
    show(work) {
      if (work.state !== 'running' || now() - saidAt < EVERY) return;
      saidAt = now();
      say(progressText(work));
    },
  };
}

const UNITS: Readonly<Record<Work['kind'], string>> = {
  list: 'images',
  sweep: 'images',
  maps: 'maps',
  clusters: 'classes',
  shift: 'images',
  repair: 'images of all epochs',
};

/** `1,024 of 10,000 images (10 %), 2 failed, 310 a second, 29 s left` */
export function progressText({ kind, done, failed, total, rate, left, workers, reason }: Work): string {
  const count = done + failed;
  const isPlacing = kind === 'clusters' && done > 0 && count === total;
  const speed = [
    // Of what takes seconds, a rate says little.
    ...(rate !== undefined && rate >= 0.1 ? [`${rate.toPrecision(3)} a second`] : []),
    ...(left !== undefined ? [`${inWords(1000 * left)} left`] : []),
  ];
  const parts = [
    `${count} of ${total} ${UNITS[kind]} (${Math.floor((100 * count) / Math.max(total, 1))} %)`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(workers !== undefined ? [`${workers} ${workers === 1 ? 'worker' : 'workers'}`] : []),
    ...(isPlacing ? ['placing their images on a plane'] : speed),
    // Of other work it is told at the end.
    ...(workers !== undefined && reason !== undefined ? [reason] : []),
  ];
  return parts.join(', ');
}
