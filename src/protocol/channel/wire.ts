/** The packets that cross the process boundary, and the check that turns an unknown message into one. */
import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode } from '../../core/error-codes';
import { fields, read } from '../../core/schema';

/** The first packet of each side. */
interface Hello {
  readonly kind: 'hello';
  readonly version: number;
}

/** The method stands for the types of its parameters in the table of requests. */
export interface CallPacket {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly params: object;
}

export type ToServer = Hello | CallPacket | { readonly kind: 'cancel'; readonly id: number };

/** The id stands for the call's method, and so for the types of `data` and `result` in the table of requests. */
export type FromServer =
  | Hello
  | { readonly kind: 'event'; readonly id: number; readonly event: string; readonly data: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  /** How many runtime sessions the process has made since it started; each leaks a little. */
  | { readonly kind: 'sessions'; readonly created: number }
  /** The last packet of a process that is about to end, and why. */
  | { readonly kind: 'fatal'; readonly message: string };

const id = v.number();
const something = v.custom<object>((value) => typeof value === 'object' && value !== null, 'an object or a list');
const told = v.union([something, v.number()], 'an object, a list or a number');
const hello = fields({ kind: v.literal('hello'), version: v.number() });

type Forms<P extends { kind: string }> = {
  readonly [K in P['kind']]: v.GenericSchema<unknown, Extract<P, { kind: K }>>;
};

const TO_SERVER: Forms<ToServer> = {
  hello,
  call: fields({ kind: v.literal('call'), id, method: v.string(), params: something }),
  cancel: fields({ kind: v.literal('cancel'), id }),
};

const FROM_SERVER: Forms<FromServer> = {
  hello,
  event: fields({ kind: v.literal('event'), id, event: v.string(), data: told }),
  reply: fields({ kind: v.literal('reply'), id, result: something }),
  failure: fields({ kind: v.literal('failure'), id, code: v.picklist(ERROR_CODES), message: v.string() }),
  sessions: fields({ kind: v.literal('sessions'), created: v.number() }),
  fatal: fields({ kind: v.literal('fatal'), message: v.string() }),
};

/** A message as a packet, or the reason, in words, why it is not a valid one. */
export type Read<P> = { readonly packet: P } | { readonly flaw: string };

const KIND = fields({ kind: v.string() });

function readPacket<P>(message: unknown, forms: Readonly<Record<string, v.GenericSchema<unknown, P>>>): Read<P> {
  const kind = read(KIND, message);
  if ('flaw' in kind) return { flaw: `message that is no packet (${kind.flaw.line})` };
  const form = Object.hasOwn(forms, kind.value.kind) ? forms[kind.value.kind] : undefined;
  if (!form) return { flaw: `packet of unknown kind "${kind.value.kind}"` };
  const packet = read(form, message);
  return 'value' in packet
    ? { packet: packet.value }
    : { flaw: `packet "${kind.value.kind}" that is none (${packet.flaw.line})` };
}

export function readToServer(message: unknown): Read<ToServer> {
  return readPacket<ToServer>(message, TO_SERVER);
}

export function readFromServer(message: unknown): Read<FromServer> {
  return readPacket<FromServer>(message, FROM_SERVER);
}

/** What a packet channel needs of the thing that carries it, as seen from one side. */
export interface Transport<Outgoing> {
  /** Throws if the packet can't be serialized. */
  send(packet: Outgoing): void;
  onMessage(receive: (message: unknown) => void): void;
}
