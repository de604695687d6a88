/**
 * The calling side of the process boundary. The channel does not depend on processes or timers: a transport carries its
 * packets, and the owner of both handles time-outs.
 *
 * A call settles once: with the process's reply or failure, when it is abandoned, or when the channel closes.
 */
import { ExplainError, errors, toExplainError } from '../../core/errors';
import type { NameIn, Peer, RequestTable } from '../table';
import { type FromServer, readFromServer, type ToServer, type Transport } from './wire';

/** @template E a request's events */
export type EventHandlers<E> = { readonly [K in keyof E]?: (data: E[K]) => void };

/** @template R a request's result */
export interface Call<R> {
  readonly result: Promise<R>;
  /** Resolves when the process has answered or ended. For an abandoned call this is later than `result`. */
  readonly answered: Promise<void>;
  /** Asks the process to stop and rejects `result` at once. No effect on a settled call. */
  abandon(error: ExplainError): void;
}

export interface ChannelHooks {
  /** Called when the process has confirmed the version of the protocol. */
  ready(): void;
  /** Called for every packet from the process. */
  heard(): void;
  sessions(created: number): void;
  fatal(message: string): void;
  /** Called once, after every pending call has failed with `error`. */
  closed(error: ExplainError): void;
}

export interface Channel<T extends RequestTable<T>> {
  call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    on?: EventHandlers<T[N]['events']>,
  ): Call<T[N]['result']>;
  /** Number of calls that the process has not answered, including abandoned ones. */
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

/** @template T the requests that the process answers */
export function openChannel<T extends RequestTable<T>>(
  peer: Peer,
  transport: Transport<ToServer>,
  hooks: ChannelHooks,
): Channel<T> {
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
    const read = readFromServer(message);
    if ('packet' in read && read.packet.kind === 'fatal') {
      // What can't start says why, and ends.
      hooks.fatal(read.packet.message);
      return;
    }
    const theirs = 'packet' in read && read.packet.kind === 'hello' ? read.packet.version : 'none';
    if (theirs === peer.version) {
      greeted = true;
      hooks.ready();
    } else {
      close(errors.protocolVersion(peer.version, theirs, peer.name));
    }
  }

  function settle(id: number, how: (call: Pending) => void): void {
    const call = pending.get(id);
    if (call) {
      pending.delete(id);
      how(call);
      call.answered();
    } else {
      close(errors.internal(`the ${peer.name} answered call ${id}, which is not pending`));
    }
  }

  function receive(packet: FromServer): void {
    switch (packet.kind) {
      case 'hello':
        close(errors.internal(`the ${peer.name} greeted twice`));
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
    const read = readFromServer(message);
    if ('packet' in read) receive(read.packet);
    else close(errors.internal(`the ${peer.name} sent a ${read.flaw}`));
  });
  transport.send({ kind: 'hello', version: peer.version });

  function call<N extends NameIn<T>>(
    method: N,
    params: T[N]['params'],
    on: EventHandlers<T[N]['events']> = {},
  ): Call<T[N]['result']> {
    if (closedBy) return { result: Promise.reject(closedBy), answered: Promise.resolve(), abandon: () => {} };
    lastId += 1;
    const id = lastId;
    const result = deferred<T[N]['result']>();
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
        // `on` has the name. TypeScript can't relate a name to its data; both sides have one version of the table.
        on[name as keyof T[N]['events']]?.(data as T[N]['events'][keyof T[N]['events']]);
      } catch (thrown) {
        abandon(toExplainError(thrown));
      }
    };
    pending.set(id, {
      event,
      // The id says which method has answered; maps and pictures in a result are too large to be read by a schema.
      resolve: (value) => result.resolve(value as T[N]['result']),
      reject: result.reject,
      answered: answered.resolve,
    });
    try {
      transport.send({ kind: 'call', id, method, params });
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
