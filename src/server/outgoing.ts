/**
 * What a process has sent and its parent's pipe has not taken yet. A pipe takes a fifth of a megabyte at a time, and the rest only
 * when the process next looks at its events. One that computes on its main thread must therefore wait until everything is written:
 * otherwise a picture of 20 MB leaves in a hundred pieces, each after another chunk of passes, and all frames behind it.
 */

type Send<Packet> = (packet: Packet, handle: undefined, options: undefined, written: () => void) => unknown;

export interface Outgoing<Packet> {
  /** Throws if the packet can't be serialized. */
  send(packet: Packet): void;
  /** Resolves once everything that was sent is written. */
  written(): Promise<void>;
}

/** @param send calls `written` when the packet is written, or when it can't be */
export function createOutgoing<Packet>(send: Send<Packet>): Outgoing<Packet> {
  let unwritten = 0;
  let waiting: (() => void)[] = [];

  function settle(): void {
    unwritten -= 1;
    if (unwritten > 0) return;
    const all = waiting;
    waiting = [];
    for (const tell of all) tell();
  }

  return {
    send(packet) {
      unwritten += 1;
      try {
        send(packet, undefined, undefined, settle);
      } catch (thrown) {
        settle();
        throw thrown;
      }
    },
    written: async () => {
      while (unwritten > 0) await new Promise<void>((tell) => waiting.push(tell));
    },
  };
}
