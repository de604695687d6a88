/** What a command may do to the outside: two streams, an exit code, and Ctrl-C. */
import { toExplainError } from '../core/errors';

export interface Terminal {
  /** Aborted by the first Ctrl-C; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Text for people, on stderr. */
  say(text: string): void;
  /** One line for programs, on stdout. */
  put(value: unknown): void;
  /** One line that says what failed, and exit code 1; with `--verbose` the stack as well. */
  fail(thrown: unknown): void;
}

export function processTerminal(verbose: boolean): Terminal {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  // Whoever read the lines has gone (`| head -1`), so there is nobody left to compute for.
  process.stdout.once('error', () => abort.abort());
  return {
    signal: abort.signal,
    say: (text) => process.stderr.write(`${text}\n`),
    put: (value) => process.stdout.write(`${JSON.stringify(value)}\n`),
    fail: (thrown) => {
      process.exitCode = 1;
      process.stderr.write(`error: ${verbose ? stackOf(thrown) : oneLine(toExplainError(thrown).message)}\n`);
    },
  };
}

const oneLine = (text: string): string => text.split(/\s*\n/).map((line) => line.trim()).join(' ');

/** The stack of an error and of its causes. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\ncaused by: ${stackOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}
