/** Calls of the runner, and which failures mean that it must be asked again. Pure. */
import type { Runner } from '../../../client/runner';
import type { ErrorCode } from '../../../core/error-codes';
import type { EventHandlers } from '../../../protocol/channel/channel';
import type { RunnerRequests } from '../../../protocol/runner';

export type RunnerName = keyof RunnerRequests & string;
export type RunnerEvents<N extends RunnerName> = EventHandlers<RunnerRequests[N]['events']>;

/** Rejects with an `ExplainError`. */
export type CallRunner = Runner['call'];

/**
 * The process has ended, so that the next call starts another. `cancelled` is what a running call gets when the process
 * was ended on purpose, such as after a change of its settings.
 */
const ENDED: readonly ErrorCode[] = ['engine-crashed', 'out-of-memory', 'timeout', 'cancelled'];

export const hasEnded = (code: ErrorCode): boolean => ENDED.includes(code);
