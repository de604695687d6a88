/** How commands end after Ctrl-C that go on where they were stopped. */
import type { Terminal } from './terminal';

/** The exit code after Ctrl-C, 128 and the number of SIGINT; also after other signals that ask to end. */
const STOPPED = 130;

export function stopped(terminal: Terminal): void {
  terminal.say('stopped; what is done is kept, and the same command goes on from there');
  process.exitCode = STOPPED;
}

/** Waits for the work. What it throws after Ctrl-C is no failure. */
export async function orStopped(terminal: Terminal, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  }
}
