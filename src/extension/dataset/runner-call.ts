/** Calls of the runner as the extension uses them, and which failures mean that it must be asked again. Pure. */
import type { ErrorCode } from '../../core/error-codes';
import type { RunnerRequests } from '../../protocol/runner';

export type RunnerName = keyof RunnerRequests & string;
type Events<N extends RunnerName> = RunnerRequests[N]['events'];

export interface RunnerCallOptions<N extends RunnerName> {
  readonly on?: { readonly [E in keyof Events<N>]?: (data: Events<N>[E]) => void };
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of silence after which the process is taken for hanging. */
  readonly timeout?: number | undefined;
}

/** Rejects with an `ExplainError`. */
export type CallRunner = <N extends RunnerName>(
  name: N,
  params: RunnerRequests[N]['params'],
  options?: RunnerCallOptions<N>,
) => Promise<RunnerRequests[N]['result']>;

/** The largest time of a timer, 24 days: `follow` may be silent for as long as nothing happens. */
export const NEVER_MS = 2 ** 31 - 1;

/**
 * The process has ended, so that the next call starts another. `cancelled` is what a running call gets when the process
 * was ended on purpose, such as after a change of its settings.
 */
const ENDED: readonly ErrorCode[] = ['engine-crashed', 'out-of-memory', 'timeout', 'cancelled'];

export const hasEnded = (code: ErrorCode): boolean => ENDED.includes(code);
