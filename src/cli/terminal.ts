/** What a command may do to the outside: two streams, an exit code, and Ctrl-C. */
import { toExplainError } from '../core/errors';
import { oneLine, plainJson, stackLines } from '../protocol/plain-text';

export interface Terminal {
  /** Aborted by the first Ctrl-C; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Text for people, on stderr: a line, or several. Nothing in a line can break it or act on a terminal. */
  say(text: string | readonly string[]): void;
  /** One line for programs, on stdout. */
  put(value: unknown): void;
  /** One line that says what failed, and exit code 1; with `--verbose` the stack as well. */
  fail(thrown: unknown): void;
}

/** What the service is given where only the answer counts. */
export const quiet = ({ signal }: Terminal) => ({ signal, emit() {} });

export function processTerminal(verbose: boolean): Terminal {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  // Whoever read the lines has gone (`| head -1`), so there is nobody left to compute for.
  process.stdout.once('error', () => abort.abort());
  return {
    signal: abort.signal,
    say: (text) => write([text].flat()),
    put: (value) => process.stdout.write(`${plainJson(value)}\n`),
    fail: (thrown) => {
      process.exitCode = 1;
      const [first, ...others] = verbose ? stackLines(thrown) : [toExplainError(thrown).message];
      write([`error: ${first}`, ...others]);
    },
  };
}

function write(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${oneLine(line)}\n`).join(''));
}
