/** The packets that cross the process boundary, and the check that turns an unknown message into one. */
import type { ErrorCode } from '../core/errors';
import type { Params, RequestName } from './requests';

/** The first packet of each side. */
interface Hello {
  readonly kind: 'hello';
  readonly version: number;
}

export type CallPacket<N extends RequestName = RequestName> = {
  [M in N]: { readonly kind: 'call'; readonly id: number; readonly method: M; readonly params: Params<M> };
}[N];

export type ToEngine = Hello | CallPacket | { readonly kind: 'cancel'; readonly id: number };

/** The id stands for the call's method, and so for the types of `data` and `result` in the request table. */
export type FromEngine =
  | Hello
  | { readonly kind: 'event'; readonly id: number; readonly event: string; readonly data: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  /** How many runtime sessions the engine has made since it started; each leaks a little. */
  | { readonly kind: 'sessions'; readonly created: number }
  /** The last packet of an engine that is about to end, and why. */
  | { readonly kind: 'fatal'; readonly message: string };

type FieldType = 'number' | 'string' | 'object';
type Fields<P extends { kind: string }> = {
  readonly [K in P['kind']]: { readonly [F in Exclude<keyof Extract<P, { kind: K }>, 'kind'>]: FieldType };
};

const TO_ENGINE: Fields<ToEngine> = {
  hello: { version: 'number' },
  call: { id: 'number', method: 'string', params: 'object' },
  cancel: { id: 'number' },
};

const FROM_ENGINE: Fields<FromEngine> = {
  hello: { version: 'number' },
  event: { id: 'number', event: 'string', data: 'object' },
  reply: { id: 'number', result: 'object' },
  failure: { id: 'number', code: 'string', message: 'string' },
  sessions: { created: 'number' },
  fatal: { message: 'string' },
};

/** What is wrong with a packet, by name. Params and results are as the request table says: both sides are one version. */
function flawOf(message: unknown, table: Readonly<Record<string, Readonly<Record<string, FieldType>>>>): string | null {
  if (typeof message !== 'object' || message === null) return `${String(message)} is no packet`;
  const packet = message as Readonly<Record<string, unknown>>;
  const kind = String(packet['kind']);
  const fields = Object.hasOwn(table, kind) ? table[kind]! : undefined;
  if (!fields) return `packet of unknown kind "${kind}"`;
  const wrong = Object.entries(fields).find(
    ([name, type]) => typeof packet[name] !== type || packet[name] === null || Number.isNaN(packet[name]),
  );
  return wrong ? `packet "${kind}" without a ${wrong[1]} as its "${wrong[0]}"` : null;
}

/** A message as a packet, or in words why it is none. */
export type Read<P> = { readonly packet: P } | { readonly flaw: string };

export function readToEngine(message: unknown): Read<ToEngine> {
  const flaw = flawOf(message, TO_ENGINE);
  return flaw === null ? { packet: message as ToEngine } : { flaw };
}

export function readFromEngine(message: unknown): Read<FromEngine> {
  const flaw = flawOf(message, FROM_ENGINE);
  return flaw === null ? { packet: message as FromEngine } : { flaw };
}

/** What a packet channel needs of the thing that carries it, as seen from one side. */
export interface Transport<Outgoing> {
  /** Throws if the packet can't be serialized. */
  send(packet: Outgoing): void;
  onMessage(receive: (message: unknown) => void): void;
}
