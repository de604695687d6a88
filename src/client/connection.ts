/** One engine process with its channel, from the fork to its end, and the clocks that decide when it hangs. */
import { type ExplainError, errors } from '../core/errors';
import { type EventHandlers, openChannel } from '../protocol/channel';
import type { Params, RequestName, Result } from '../protocol/requests';
import { watchMemory } from './memory';
import { startProcess } from './process';

/** Milliseconds. */
export interface ConnectionLimits {
  /** From the fork to the engine's first packet. */
  readonly start: number;
  /** Silence of the engine that a call waits through unless it says otherwise. */
  readonly call: number;
  /** Silence of the engine that nobody but cancelled calls keeps busy; a chunk of a large model may take seconds. */
  readonly cancel: number;
}

export interface ConnectionOptions {
  /** The engine's bundle, dist/engine.js. */
  readonly module: string;
  /** A Node executable to run it with; by default the one that runs this code, in a desktop VS Code Electron's. */
  readonly executable?: string | undefined;
  /** Gets each line that the engine writes to stdout or stderr. */
  readonly log: (line: string) => void;
  readonly limits: ConnectionLimits;
  /** Bytes that the process may hold; one that holds more is killed. */
  readonly memory: number;
  /** The engine is ready, or has answered a call. */
  readonly changed: () => void;
  /** Called once; the process is gone or killed and every call has failed. */
  readonly closed: (error: ExplainError) => void;
}

export interface CallOptions<N extends RequestName> {
  /** Handlers of the events that the method streams. */
  readonly on?: EventHandlers<N>;
  /** Aborting rejects the call with `cancelled` at once. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of silence of the engine after which the call fails and the process is killed. */
  readonly timeout?: number | undefined;
}

export interface Connection {
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Calls that the engine has not answered, cancelled ones included. */
  readonly pending: number;
  /** Runtime sessions that the process has made. */
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
  /** Calls, by their `answered`, that somebody still waits for, in words. */
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

  /** Calls `hung` when nothing came from the engine for `limit`; its answers to other calls are signs of life too. */
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
    // A run may take longer than this while it is only slow, so it is not ended under calls that wait for it to end.
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

/** A call as a message names it. */
function wordsFor<N extends RequestName>(method: N, params: Params<N>): string {
  const model = typeof params === 'object' && 'model' in params ? params.model.path : undefined;
  return model === undefined ? method : `${method} of ${String(model)}`;
}
