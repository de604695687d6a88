/** How commands end after Ctrl-C. */
import type { Terminal } from './terminal';

/** The exit code after Ctrl-C, 128 and the number of SIGINT; also after other signals that ask to end. */
const STOPPED = 130;

const GOES_ON = 'what is done is kept, and the same command goes on from there';

/** @param left what is left of the work, in words */
export function stopped(terminal: Terminal, left = GOES_ON): void {
  terminal.say(`stopped; ${left}`);
  process.exitCode = STOPPED;
}

/** Waits for the work. What it throws after Ctrl-C is no failure. @param left as for `stopped` */
export async function orStopped(terminal: Terminal, work: Promise<unknown>, left = GOES_ON): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal, left);
  }
}
