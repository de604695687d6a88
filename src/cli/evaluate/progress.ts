/** Prints the progress of an evaluation and the remaining time every few seconds. */

export interface Progress {
  /** Counts one finished unit, for which `passes` forward passes were run. */
  add(passes: number): void;
  /** Prints the totals. */
  end(): void;
}

const EVERY = 5000;

/** @param total number of units to do */
export function createProgress(total: number, say: (text: string) => void): Progress {
  const start = performance.now();
  let said = start;
  let [done, passes] = [0, 0];
  return {
    add: (more) => {
      done += 1;
      passes += more;
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
      say(`${total} maps measured in ${inWords(elapsed)}: ${passes} passes of the network, ${rate} a second`);
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
