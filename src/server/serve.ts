/** The answering side of the process boundary. Each call runs one method of the service and gets one answer. */
import { type ExplainError, errors, toExplainError } from '../core/errors';
import type { NameIn, Peer, RequestTable, ServiceOf } from '../protocol/table';
import { type CallPacket, type FromServer, readToServer, type Transport } from '../protocol/wire';

interface KnownCall<T extends RequestTable<T>, N extends NameIn<T>> extends CallPacket {
  readonly method: N;
  readonly params: T[N]['params'];
}

/**
 * Answers calls until the process ends. A packet that can't be answered, or another version of the protocol, throws out
 * of the transport's `receive`; the process then reports the error and ends.
 *
 * @param sessionsCreated returns the number of runtime sessions created so far; it is sent with an answer if it has
 *   grown
 */
export function serve<T extends RequestTable<T>>(
  peer: Peer,
  service: ServiceOf<T>,
  transport: Transport<FromServer>,
  sessionsCreated: () => number,
): void {
  const running = new Map<number, AbortController>();
  let greeted = false;
  let reported = 0;

  function greet(message: unknown): void {
    const read = readToServer(message);
    const theirs = 'packet' in read && read.packet.kind === 'hello' ? read.packet.version : 'none';
    if (theirs !== peer.version) throw errors.protocolVersion(peer.version, theirs, peer.name);
    greeted = true;
  }

  function reportSessions(): void {
    const created = sessionsCreated();
    if (created === reported) return;
    reported = created;
    transport.send({ kind: 'sessions', created });
  }

  function fail(id: number, error: ExplainError): void {
    // The cause's stack is not part of the message; the parent writes it to its log.
    if (error.cause !== undefined) console.error(error.cause);
    transport.send({ kind: 'failure', id, code: error.code, message: error.message });
  }

  /** Both sides are of one version, so the parameters of a method that exists are as the table says. */
  function isKnown(packet: CallPacket): packet is { [N in NameIn<T>]: KnownCall<T, N> }[NameIn<T>] {
    return Object.hasOwn(service, packet.method);
  }

  async function answer<N extends NameIn<T>>({ id, method, params }: KnownCall<T, N>): Promise<void> {
    if (running.has(id)) throw errors.internal(`call ${id} was sent twice`);
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await service[method](params, {
        signal: controller.signal,
        emit: (event, data) => transport.send({ kind: 'event', id, event: String(event), data }),
      });
      reportSessions();
      transport.send({ kind: 'reply', id, result });
    } catch (thrown) {
      reportSessions();
      fail(id, toExplainError(thrown));
    } finally {
      running.delete(id);
    }
  }

  transport.onMessage((message) => {
    if (!greeted) return greet(message);
    const read = readToServer(message);
    if ('flaw' in read) throw errors.internal(`the parent sent a ${read.flaw}`);
    const { packet } = read;
    if (packet.kind === 'hello') throw errors.internal('the parent greeted twice');
    // If the answer is already on its way, there is nothing to cancel.
    if (packet.kind === 'cancel') running.get(packet.id)?.abort();
    else if (isKnown(packet)) void answer(packet);
    else fail(packet.id, errors.internal(`the ${peer.name} has no method "${packet.method}"`));
  });
  transport.send({ kind: 'hello', version: peer.version });
}
