/** What a table of requests makes of both sides of a process boundary: calls, contexts and services. */
import type * as v from 'valibot';

/** The signal that long work checks between its chunks, such as an AbortSignal. */
export interface CancelSignal {
  readonly aborted: boolean;
}

interface RequestTypes {
  readonly params: object;
  readonly result: object;
  readonly events: object;
}
/** Constrains a table, which may be an interface: `T extends RequestTable<T>`. */
export type RequestTable<T> = { readonly [N in keyof T]: RequestTypes };
export type NameIn<T> = keyof T & string;

/** The process that answers a table of requests: its name in messages, and the version that both sides must share. */
export interface Peer {
  readonly name: 'engine' | 'runner';
  readonly version: number;
}

/**
 * The context of one request: the service checks `signal` between chunks, and streams events to the caller by `emit`.
 */
export interface ContextOf<T extends RequestTable<T>, N extends NameIn<T>> {
  readonly signal: CancelSignal;
  emit<E extends keyof T[N]['events']>(event: E, data: T[N]['events'][E]): void;
}
export type ServiceOf<T extends RequestTable<T>> = {
  [N in NameIn<T>]: (params: T[N]['params'], context: ContextOf<T, N>) => Promise<T[N]['result']>;
};
/** By request, the schema by which the answering side checks its parameters. */
export type ParamsTable<T extends RequestTable<T>> = {
  readonly [N in NameIn<T>]: v.GenericSchema<unknown, T[N]['params']>;
};
