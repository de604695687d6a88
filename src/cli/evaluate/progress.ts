/** Prints the progress of an evaluation and the remaining time every few seconds. */
import { counted } from '../text';

export interface Progress {
  /** Counts one finished unit, for which `passes` forward passes were run. A skipped one has no map. */
  add(passes: number, isSkipped: boolean): void;
  /** Prints the totals. */
  end(): void;
}

const EVERY = 5000;

/** @param total number of units to do */
export function createProgress(total: number, say: (text: string) => void): Progress {
  const start = performance.now();
  let said = start;
  let [done, passes, skipped] = [0, 0, 0];
  return {
    add: (more, isSkipped) => {
      done += 1;
      passes += more;
      if (isSkipped) skipped += 1;
      const now = performance.now();
      if (now - said < EVERY || done === total) return;
      said = now;
      const left = ((now - start) / done) * (total - done);
      say(`${done} of ${total} maps measured (${Math.floor((100 * done) / total)} %), ${inWords(left)} left`);
    },
    end: () => {
      if (total === 0) return;
      const elapsed = performance.now() - start;
      const rate = ((1000 * passes) / elapsed).toPrecision(3);
      const maps =
        skipped === 0 ? counted(total, 'map', 'maps') : `${total - skipped} of ${counted(total, 'map', 'maps')}`;
      const ran = counted(passes, 'pass', 'passes');
      say(`${maps} measured in ${inWords(elapsed)}: ${ran} of the network, ${rate} a second`);
    },
  };
}

export function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
