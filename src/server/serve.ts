/** The answering side of the process boundary. Each call runs one method of the service and gets one answer. */
import { type ExplainError, errors, toExplainError } from '../core/errors';
import { read } from '../core/schema';
import { type CallPacket, type FromServer, readToServer, type Transport } from '../protocol/channel/wire';
import type { NameIn, ParamsTable, Peer, RequestTable, ServiceOf } from '../protocol/table';

/** What a process answers, and by which schemas it checks what it is asked. */
export interface Answers<T extends RequestTable<T>> {
  readonly service: ServiceOf<T>;
  readonly params: ParamsTable<T>;
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
  { service, params: forms }: Answers<T>,
  transport: Transport<FromServer>,
  sessionsCreated: () => number,
): void {
  const running = new Map<number, AbortController>();
  let greeted = false;
  let reported = 0;

  function greet(message: unknown): void {
    const first = readToServer(message);
    const theirs = 'packet' in first && first.packet.kind === 'hello' ? first.packet.version : 'none';
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

  const isKnown = (method: string): method is NameIn<T> => Object.hasOwn(service, method);

  async function answer<N extends NameIn<T>>(method: N, { id, params }: CallPacket): Promise<void> {
    if (running.has(id)) throw errors.internal(`call ${id} was sent twice`);
    const asked = read(forms[method], params);
    if ('flaw' in asked) return fail(id, errors.internal(`parameters of ${method} that are none (${asked.flaw.line})`));
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await service[method](asked.value, {
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
    const next = readToServer(message);
    if ('flaw' in next) throw errors.internal(`the parent sent a ${next.flaw}`);
    const { packet } = next;
    if (packet.kind === 'hello') throw errors.internal('the parent greeted twice');
    // If the answer is already on its way, there is nothing to cancel.
    if (packet.kind === 'cancel') running.get(packet.id)?.abort();
    else if (isKnown(packet.method)) void answer(packet.method, packet);
    else fail(packet.id, errors.internal(`the ${peer.name} has no method "${packet.method}"`));
  });
  transport.send({ kind: 'hello', version: peer.version });
}
