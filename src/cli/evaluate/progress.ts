/** How far an evaluation is and how long it still takes, said every few seconds. */

export interface Progress {
  /** One more is done; `passes` forward passes were run for it. */
  add(passes: number): void;
  /** Says what was done in all. */
  end(): void;
}

const EVERY = 5000;

/** @param total what is to be done, in the same unit that `add` counts */
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
