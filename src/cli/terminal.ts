/** How a command interacts with its environment: two streams, an exit code, and Ctrl-C. */
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { errors, reasonOf, toExplainError } from '../core/errors';
import { openRegular } from '../files/open';
import { oneLine, plainJson, stackLines } from '../protocol/plain-text';

export interface Terminal {
  /**
   * Aborted by the first Ctrl-C, or another signal that asks the process to end; a second one ends it at once. Also aborted
   * when what the command prints can't be written any more.
   */
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

/** The exit code of programs whose reader has ended, 128 and the number of SIGPIPE. */
const CLOSED = 141;

export function processTerminal(verbose: boolean): Terminal {
  const abort = new AbortController();
  // Schedulers and `kill` send SIGTERM, a terminal that is closed SIGHUP.
  for (const asked of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(asked, () => abort.abort());
  /** The exit code where what is printed can't be written. */
  let lost: number | undefined;
  let said: string | undefined;
  // The reader of the lines has ended (`| head -1`), so nobody gets what else is found: the command ends as after Ctrl-C,
  // with what it has done kept. Each later line fails too, and a failure that nobody listens to would end the process at once.
  for (const [stream, name] of [
    [process.stdout, 'standard output'],
    [process.stderr, 'standard error'],
  ] as const)
    stream.on('error', (thrown: NodeJS.ErrnoException) => {
      abort.abort();
      if (lost !== undefined) return;
      lost = thrown.code === 'EPIPE' ? CLOSED : 1;
      if (lost === 1) fail(errors.outputUnwritable(name, reasonOf(thrown)));
    });
  const fail = (thrown: unknown): void => {
    const known = toExplainError(thrown);
    if (lost !== undefined && known.code === 'cancelled') {
      process.exitCode = lost;
      return;
    }
    process.exitCode = 1;
    // The stream and who writes to it both meet the same failure.
    if (lost !== undefined && known.message === said) return;
    said = known.message;
    const [first, ...others] = verbose ? stackLines(thrown) : [known.message];
    write([`error: ${first}`, ...others]);
  };
  return {
    signal: abort.signal,
    say: (text) => write([text].flat()),
    put: (value) => process.stdout.write(`${plainJson(value)}\n`),
    fail,
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
