/**
 * A process as its users see it: typed calls, answered by it. The process starts with the first call, is
 * replaced when it crashes, hangs or has loaded many models, and ends after a time without calls.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExplainError, errors } from '../core/errors';
import type { NameIn, RequestTable } from '../protocol/table';
import {
  type CallOptions,
  type Connection,
  type ConnectionLimits,
  type ConnectionOptions,
  connect,
} from './connection';
import { halfOfMemory } from './memory';

export type { CallOptions } from './connection';

/** `busy` means that at least one call is not answered yet. */
export type ClientState = 'stopped' | 'starting' | 'ready' | 'busy';

export interface ClientLimits extends ConnectionLimits {
  /** Milliseconds to wait after the second crash in a row; the time doubles with each further crash, up to 30 s. */
  readonly backOff: number;
  /**
   * Number of runtime sessions after which a process is replaced, since onnxruntime keeps memory of released sessions.
   */
  readonly sessions: number;
}

/**
 * `sessions`: each released session leaves 0.1 to 0.9 MB behind (SqueezeNet, MobileNet v2 and ResNet-50, made and released 20
 * to 100 times). After 60 sessions that is at most 50 MB, a quarter of what an engine with a small network holds. A new process
 * costs less than half a second, and only with the next call.
 */
const LIMITS: ClientLimits = { start: 30_000, call: 300_000, cancel: 10_000, backOff: 1000, sessions: 60 };
const LONGEST_BACK_OFF = 30_000;

export interface ClientOptions extends Pick<ConnectionOptions, 'peer' | 'module' | 'executable' | 'log'> {
  /** Variables that a process gets besides those of this one, when it starts. */
  readonly environment?: (() => Readonly<Record<string, string>>) | undefined;
  readonly onState?: (state: ClientState) => void;
  /** Minutes without a call after which the process ends; 10 by default. */
  readonly idleMinutes?: number | undefined;
  /** Memory in bytes that the process may hold; by default half of the machine's. */
  readonly memory?: number | undefined;
  readonly limits?: Partial<ClientLimits>;
}

export interface Client<T extends RequestTable<T>> {
  /** Rejects with an `ExplainError`. */
  call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    options?: CallOptions<T[N]['events']>,
  ): Promise<T[N]['result']>;
  readonly state: ClientState;
  readonly pid: number | undefined;
  /** Ends the process. Running calls fail with `cancelled`, and the next call starts a new process. */
  restart(): void;
  /** Ends the process. Running and later calls fail with `cancelled`. */
  dispose(): void;
}

/** @template T the requests that the process answers */
export function createClient<T extends RequestTable<T>>(options: ClientOptions): Client<T> {
  const limits: ClientLimits = { ...LIMITS, ...options.limits };
  const idle = (options.idleMinutes ?? 10) * 60_000;
  let current: Connection<T> | undefined;
  let state: ClientState = 'stopped';
  let idleTimer: NodeJS.Timeout | undefined;
  let disposed = false;
  /** Number of processes in a row that ended without a single result. */
  let crashes = 0;
  let notBefore = 0;

  function stop(): void {
    current?.close(errors.cancelled());
  }

  function currentState(): ClientState {
    if (!current) return 'stopped';
    if (!current.ready) return 'starting';
    return current.pending > 0 ? 'busy' : 'ready';
  }

  function update(): void {
    clearTimeout(idleTimer);
    const now = currentState();
    if (now === 'ready') idleTimer = setTimeout(stop, current!.sessions < limits.sessions ? idle : 0);
    if (now === state) return;
    state = now;
    options.onState?.(now);
  }

  function start(): Connection<T> {
    return connect<T>({
      peer: options.peer,
      module: options.module,
      executable: options.executable,
      environment: options.environment?.(),
      log: options.log,
      limits,
      memory: options.memory ?? halfOfMemory(),
      changed: update,
      closed: ended,
    });
  }

  function ended(error: ExplainError): void {
    current = undefined;
    if (error.code !== 'cancelled') {
      crashes += 1;
      const wait = crashes < 2 ? 0 : Math.min(limits.backOff * 2 ** (crashes - 2), LONGEST_BACK_OFF);
      notBefore = performance.now() + wait;
    }
    update();
  }

  /** Waits until a process may be started; an abort ends the wait early. */
  async function backOff(signal: AbortSignal | undefined): Promise<void> {
    let left = notBefore - performance.now();
    while (left > 0 && !signal?.aborted) {
      await sleep(left, undefined, signal && { signal }).catch(() => {});
      left = notBefore - performance.now();
    }
  }

  async function call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    callOptions: CallOptions<T[N]['events']> = {},
  ): Promise<T[N]['result']> {
    const { signal } = callOptions;
    if (!current) await backOff(signal);
    if (disposed || signal?.aborted) throw errors.cancelled();
    current ??= start();
    const result = current.call(method, params, callOptions);
    update();
    await result;
    crashes = 0;
    return result;
  }

  return {
    call,
    get state() {
      return state;
    },
    get pid() {
      return current?.pid;
    },
    restart: () => {
      crashes = 0;
      notBefore = 0;
      stop();
    },
    dispose: () => {
      disposed = true;
      stop();
    },
  };
}
