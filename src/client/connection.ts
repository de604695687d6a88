/** One process with its channel, from the fork to its end, and the timers that detect when it hangs. */
import { type ExplainError, errors } from '../core/errors';
import { type EventHandlers, openChannel } from '../protocol/channel/channel';
import type { NameIn, Peer, RequestTable } from '../protocol/table';
import { watchMemory } from './memory';
import { startProcess } from './process';

/** Limits in milliseconds. */
export interface ConnectionLimits {
  /** Time from the fork to the first packet of the process. */
  readonly start: number;
  /** How long the process may be silent during a call, unless the call says otherwise. */
  readonly call: number;
  /**
   * How long the process may be silent while only cancelled calls are running; a chunk of a large model may take
   * seconds.
   */
  readonly cancel: number;
}

export interface ConnectionOptions {
  readonly peer: Peer;
  /** The program's bundle, such as dist/engine.js. */
  readonly module: string;
  /**
   * The Node executable that runs it; by default the one that runs this code, which is Electron's in a desktop
   * VS Code.
   */
  readonly executable?: string | undefined;
  /** Variables that it gets besides those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Gets each line that the process writes to stdout or stderr. */
  readonly log: (line: string) => void;
  readonly limits: ConnectionLimits;
  /** Memory in bytes that the process may hold before it is killed. */
  readonly memory: number;
  /** Called when the process is ready or has answered a call. */
  readonly changed: () => void;
  /** Called once, when the process has ended or was killed and every call has failed. */
  readonly closed: (error: ExplainError) => void;
}

/** @template E the events of the request */
export interface CallOptions<E> {
  /** Handlers of the events that the method streams. */
  readonly on?: EventHandlers<E>;
  /** Aborting rejects the call with `cancelled` at once. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a message from the process after which the call fails and the process is killed; `Infinity` for
   * a call that does not end by itself.
   */
  readonly timeout?: number | undefined;
}

export interface Connection<T extends RequestTable<T>> {
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Number of calls that the process has not answered, including cancelled ones. */
  readonly pending: number;
  /** Number of runtime sessions that the process has created. */
  readonly sessions: number;
  call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    options: CallOptions<T[N]['events']>,
  ): Promise<T[N]['result']>;
  /** Kills the process and fails every pending call with `error`. */
  close(error: ExplainError): void;
}

/** @template T the requests that the process answers */
export function connect<T extends RequestTable<T>>({
  peer,
  module,
  executable,
  environment,
  log,
  limits,
  memory,
  changed,
  closed,
}: ConnectionOptions): Connection<T> {
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
    environment,
    log,
    ended: (how, complaint, killed) => {
      const why = lastWords || (ready ? '' : complaint);
      const what = why ? `${how}: ${why}` : how;
      const crashed = ready || killed;
      channel.close(crashed ? errors.engineCrashed(what, peer.name) : errors.engineStart(program, what, peer.name));
    },
  });
  const startTimer = setTimeout(
    () => channel.close(errors.engineStart(program, `no answer within ${limits.start / 1000} s`, peer.name)),
    limits.start,
  );
  const unwatch = watchMemory(
    child.pid,
    memory,
    () => channel.pending() > 0,
    () => channel.close(errors.engineMemory([...new Set(wanted.values())], memory)),
  );
  const channel = openChannel<T>(peer, child.transport, {
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
   * Calls `hung` if the process sends nothing for `limit` milliseconds. Answers to other calls count as signs of life
   * too.
   */
  function whenSilent(limit: number, hung: () => void): () => void {
    if (limit === Number.POSITIVE_INFINITY) return () => {};
    const since = performance.now();
    const check = (): void => {
      const left = Math.max(since, heardAt) + limit - performance.now();
      if (left > 0) timer = setTimeout(check, left);
      else hung();
    };
    let timer = setTimeout(check, limit);
    return () => clearTimeout(timer);
  }

  function call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    { on, signal, timeout = limits.call }: CallOptions<T[N]['events']>,
  ): Promise<T[N]['result']> {
    const { result, answered, abandon } = channel.call(method, params, on);
    const done = (): void => void wanted.delete(answered);
    wanted.set(answered, wordsFor(method, params));
    let stopWatching = whenSilent(timeout, () => {
      abandon(errors.timeout(method, timeout, peer.name));
      channel.close(errors.engineCrashed(`stopped, as ${method} gave no answer`, peer.name));
    });
    // A slow run may take longer than this limit, so the process is not killed while other calls wait for the run to
    // end.
    const watchCancelled = (): void => {
      stopWatching = whenSilent(limits.cancel, () => {
        if (wanted.size > 0) watchCancelled();
        else channel.close(errors.engineCrashed(`stopped, as a cancelled ${method} went on`, peer.name));
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
function wordsFor(method: string, params: object): string {
  const model = 'model' in params ? params.model : undefined;
  const named = typeof model === 'object' && model !== null && 'path' in model && typeof model.path === 'string';
  return named ? `${method} of ${model.path}` : method;
}
