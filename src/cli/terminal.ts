/** How a command interacts with its environment: two streams, an exit code, and Ctrl-C. */
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { errors, reasonOf, toExplainError } from '../core/errors';
import { openRegular } from '../files/open';
import { oneLine, plainJson, stackLines } from '../protocol/plain-text';

export interface Terminal {
  /** Aborted by the first Ctrl-C, or another signal that asks the process to end; a second one ends it at once. */
  readonly signal: AbortSignal;
  /**
   * Prints one or several lines for people on stderr. Control characters are removed, so that text from files can't
   * break a line or control the terminal.
   */
  say(text: string | readonly string[]): void;
  /** Prints one line for programs on stdout. */
  put(value: unknown): void;
  /** Prints one line that says what failed, and sets exit code 1. With `--verbose` it prints the stack too. */
  fail(thrown: unknown): void;
}

/** The context of a request whose events are not needed. */
export const quiet = ({ signal }: Terminal) => ({ signal, emit() {} });

export function processTerminal(verbose: boolean): Terminal {
  const abort = new AbortController();
  // Schedulers and `kill` send SIGTERM, a terminal that is closed SIGHUP.
  for (const asked of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(asked, () => abort.abort());
  // The reader of the lines has ended (`| head -1`), so nobody needs further results.
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

/** Prints a text file on stdout: byte for byte for programs, without control characters for a person's terminal. */
export async function passFile(file: string): Promise<void> {
  const handle = await openRegular(file);
  const input = handle.createReadStream();
  if (!process.stdout.isTTY) {
    await pipeline(input, process.stdout, { end: false }).catch((thrown: NodeJS.ErrnoException) => {
      // The reader has ended (`| head -1`), and has what it wants.
      if (thrown.code !== 'EPIPE') throw errors.outputUnwritable('standard output', reasonOf(thrown));
    });
    return;
  }
  for await (const line of createInterface({ input })) process.stdout.write(`${oneLine(line)}\n`);
}
