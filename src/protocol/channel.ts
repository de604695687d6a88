/**
 * The calling side of the process boundary. The channel does not depend on processes or timers: a transport carries its
 * packets, and the owner of both handles time-outs.
 *
 * A call settles once: with the engine's reply or failure, when it is abandoned, or when the channel closes.
 */
import { ExplainError, errors, toExplainError } from '../core/errors';
import { type Events, type Params, PROTOCOL_VERSION, type RequestName, type Result } from './requests';
import { type FromEngine, readFromEngine, type ToEngine, type Transport } from './wire';

export type EventHandlers<N extends RequestName> = {
  readonly [E in keyof Events<N>]?: (data: Events<N>[E]) => void;
};

export interface Call<N extends RequestName> {
  readonly result: Promise<Result<N>>;
  /** Resolves when the engine has answered or ended. For an abandoned call this is later than `result`. */
  readonly answered: Promise<void>;
  /** Asks the engine to stop and rejects `result` at once. No effect on a settled call. */
  abandon(error: ExplainError): void;
}

export interface ChannelHooks {
  /** Called when the engine has confirmed the version of the protocol. */
  ready(): void;
  /** Called for every packet from the engine. */
  heard(): void;
  sessions(created: number): void;
  fatal(message: string): void;
  /** Called once, after every pending call has failed with `error`. */
  closed(error: ExplainError): void;
}

export interface Channel {
  call<N extends RequestName>(method: N, params: Params<N>, on?: EventHandlers<N>): Call<N>;
  /** Number of calls that the engine has not answered, including abandoned ones. */
  pending(): number;
  /** Fails every pending call; later calls are refused with the same error. */
  close(error: ExplainError): void;
}

interface Pending {
  event(name: string, data: unknown): void;
  resolve(result: unknown): void;
  reject(error: ExplainError): void;
  answered(): void;
}

export function openChannel(transport: Transport<ToEngine>, hooks: ChannelHooks): Channel {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let greeted = false;
  let closedBy: ExplainError | undefined;

  function close(error: ExplainError): void {
    if (closedBy) return;
    closedBy = error;
    for (const call of pending.values()) {
      call.reject(error);
      call.answered();
    }
    pending.clear();
    hooks.closed(error);
  }

  function greet(message: unknown): void {
    const read = readFromEngine(message);
    const theirs = 'packet' in read && read.packet.kind === 'hello' ? read.packet.version : 'none';
    if (theirs === PROTOCOL_VERSION) {
      greeted = true;
      hooks.ready();
    } else {
      close(errors.protocolVersion(PROTOCOL_VERSION, theirs));
    }
  }

  function settle(id: number, how: (call: Pending) => void): void {
    const call = pending.get(id);
    if (call) {
      pending.delete(id);
      how(call);
      call.answered();
    } else {
      close(errors.internal(`the engine answered call ${id}, which is not pending`));
    }
  }

  function receive(packet: FromEngine): void {
    switch (packet.kind) {
      case 'hello':
        close(errors.internal('the engine greeted twice'));
        break;
      case 'event':
        pending.get(packet.id)?.event(packet.event, packet.data);
        break;
      case 'reply':
        settle(packet.id, (call) => call.resolve(packet.result));
        break;
      case 'failure':
        settle(packet.id, (call) => call.reject(new ExplainError(packet.code, packet.message)));
        break;
      case 'sessions':
        hooks.sessions(packet.created);
        break;
      case 'fatal':
        hooks.fatal(packet.message);
        break;
    }
  }

  transport.onMessage((message) => {
    if (closedBy) return;
    hooks.heard();
    if (!greeted) return greet(message);
    const read = readFromEngine(message);
    if ('packet' in read) receive(read.packet);
    else close(errors.internal(`the engine sent a ${read.flaw}`));
  });
  transport.send({ kind: 'hello', version: PROTOCOL_VERSION });

  function call<N extends RequestName>(method: N, params: Params<N>, on: EventHandlers<N> = {}): Call<N> {
    if (closedBy) return { result: Promise.reject(closedBy), answered: Promise.resolve(), abandon: () => {} };
    lastId += 1;
    const id = lastId;
    const result = deferred<Result<N>>();
    const answered = deferred<void>();
    let abandoned = false;
    const abandon = (error: ExplainError): void => {
      if (abandoned || !pending.has(id)) return;
      abandoned = true;
      result.reject(error);
      transport.send({ kind: 'cancel', id });
    };
    const event = (name: string, data: unknown): void => {
      if (abandoned || !Object.hasOwn(on, name)) return;
      try {
        on[name as keyof Events<N>]?.(data as Events<N>[keyof Events<N>]);
      } catch (thrown) {
        abandon(toExplainError(thrown));
      }
    };
    pending.set(id, {
      event,
      resolve: (value) => result.resolve(value as Result<N>),
      reject: result.reject,
      answered: answered.resolve,
    });
    try {
      transport.send({ kind: 'call', id, method, params } as ToEngine);
    } catch (thrown) {
      pending.delete(id);
      result.reject(toExplainError(thrown));
      answered.resolve();
    }
    return { result: result.promise, answered: answered.promise, abandon };
  }

  return { call, pending: () => pending.size, close };
}

function deferred<T>() {
  let resolve = (_value: T): void => {};
  let reject = (_error: ExplainError): void => {};
  const promise = new Promise<T>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}
