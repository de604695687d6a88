/** One engine process with its channel, from the fork to its end, and the timers that detect when it hangs. */
import { type ExplainError, errors } from '../core/errors';
import { type EventHandlers, openChannel } from '../protocol/channel';
import type { Params, RequestName, Result } from '../protocol/requests';
import { watchMemory } from './memory';
import { startProcess } from './process';

/** Limits in milliseconds. */
export interface ConnectionLimits {
  /** Time from the fork to the engine's first packet. */
  readonly start: number;
  /** How long the engine may be silent during a call, unless the call says otherwise. */
  readonly call: number;
  /**
   * How long the engine may be silent while only cancelled calls are running; a chunk of a large model may take
   * seconds.
   */
  readonly cancel: number;
}

export interface ConnectionOptions {
  /** The engine's bundle, dist/engine.js. */
  readonly module: string;
  /**
   * The Node executable that runs the engine; by default the one that runs this code, which is Electron's in a desktop
   * VS Code.
   */
  readonly executable?: string | undefined;
  /** Gets each line that the engine writes to stdout or stderr. */
  readonly log: (line: string) => void;
  readonly limits: ConnectionLimits;
  /** Memory in bytes that the process may hold before it is killed. */
  readonly memory: number;
  /** Called when the engine is ready or has answered a call. */
  readonly changed: () => void;
  /** Called once, when the process has ended or was killed and every call has failed. */
  readonly closed: (error: ExplainError) => void;
}

export interface CallOptions<N extends RequestName> {
  /** Handlers of the events that the method streams. */
  readonly on?: EventHandlers<N>;
  /** Aborting rejects the call with `cancelled` at once. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a message from the engine after which the call fails and the process is killed. */
  readonly timeout?: number | undefined;
}

export interface Connection {
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Number of calls that the engine has not answered, including cancelled ones. */
  readonly pending: number;
  /** Number of runtime sessions that the process has created. */
  readonly sessions: number;
  call<N extends RequestName>(method: N, params: Params<N>, options: CallOptions<N>): Promise<Result<N>>;
  /** Kills the process and fails every pending call with `error`. */
  close(error: ExplainError): void;
}

export function connect({ module, executable, log, limits, memory, changed, closed }: ConnectionOptions): Connection {
  const program = executable ?? process.execPath;
  let ready = false;
  let sessions = 0;
  let heardAt = performance.now();
  let lastWords = '';
  /** Descriptions of the calls that are neither answered nor cancelled, by their `answered`. */
  const wanted = new Map<Promise<void>, string>();

  const child = startProcess({
    module,
    executable: program,
    log,
    ended: (how, complaint) => {
      const why = lastWords || (ready ? '' : complaint);
      const what = why ? `${how}: ${why}` : how;
      channel.close(ready ? errors.engineCrashed(what) : errors.engineStart(program, what));
    },
  });
  const startTimer = setTimeout(
    () => channel.close(errors.engineStart(program, `no answer within ${limits.start / 1000} s`)),
    limits.start,
  );
  const unwatch = watchMemory(
    child.pid,
    memory,
    () => channel.pending() > 0,
    () => channel.close(errors.engineMemory([...new Set(wanted.values())], memory)),
  );
  const channel = openChannel(child.transport, {
    ready: () => {
      clearTimeout(startTimer);
      ready = true;
      changed();
    },
    heard: () => {
      heardAt = performance.now();
    },
    sessions: (created) => {
      sessions = created;
    },
    fatal: (message) => {
      lastWords = message;
    },
    closed: (error) => {
      clearTimeout(startTimer);
      unwatch();
      child.kill();
      closed(error);
    },
  });

  /**
   * Calls `hung` if the engine sends nothing for `limit` milliseconds. Answers to other calls count as signs of life
   * too.
   */
  function whenSilent(limit: number, hung: () => void): () => void {
    const since = performance.now();
    const check = (): void => {
      const left = Math.max(since, heardAt) + limit - performance.now();
      if (left > 0) timer = setTimeout(check, left);
      else hung();
    };
    let timer = setTimeout(check, limit);
    return () => clearTimeout(timer);
  }

  function call<N extends RequestName>(
    method: N,
    params: Params<N>,
    { on, signal, timeout = limits.call }: CallOptions<N>,
  ): Promise<Result<N>> {
    const { result, answered, abandon } = channel.call(method, params, on);
    const done = (): void => void wanted.delete(answered);
    wanted.set(answered, wordsFor(method, params));
    let stopWatching = whenSilent(timeout, () => {
      abandon(errors.timeout(method, timeout));
      channel.close(errors.engineCrashed(`stopped, as ${method} gave no answer`));
    });
    // A slow run may take longer than this limit, so the process is not killed while other calls wait for the run to
    // end.
    const watchCancelled = (): void => {
      stopWatching = whenSilent(limits.cancel, () => {
        if (wanted.size > 0) watchCancelled();
        else channel.close(errors.engineCrashed(`stopped, as a cancelled ${method} went on`));
      });
    };
    const cancel = (): void => {
      done();
      abandon(errors.cancelled());
      stopWatching();
      watchCancelled();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    void answered.then(() => {
      done();
      stopWatching();
      signal?.removeEventListener('abort', cancel);
      changed();
    });
    return result;
  }

  return {
    pid: child.pid,
    get ready() {
      return ready;
    },
    get pending() {
      return channel.pending();
    },
    get sessions() {
      return sessions;
    },
    call,
    close: channel.close,
  };
}

/** A call's name in messages. */
function wordsFor<N extends RequestName>(method: N, params: Params<N>): string {
  const model = typeof params === 'object' && 'model' in params ? params.model.path : undefined;
  return model === undefined ? method : `${method} of ${String(model)}`;
}
