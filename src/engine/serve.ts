/** The answering side of the process boundary. Each call runs one method of the service and gets one answer. */
import { type ExplainError, errors, toExplainError } from '../core/errors';
import { PROTOCOL_VERSION, type RequestName, type Service } from '../protocol/requests';
import { type CallPacket, type FromEngine, readToEngine, type Transport } from '../protocol/wire';

/**
 * Answers calls until the process ends. A packet that can't be answered, or another version of the protocol, throws out
 * of the transport's `receive`; the process then reports the error and ends.
 *
 * @param sessionsCreated returns the number of runtime sessions created so far; it is sent with an answer if it has
 *   grown
 */
export function serve(service: Service, transport: Transport<FromEngine>, sessionsCreated: () => number): void {
  const running = new Map<number, AbortController>();
  let greeted = false;
  let reported = 0;

  function greet(message: unknown): void {
    const read = readToEngine(message);
    const theirs = 'packet' in read && read.packet.kind === 'hello' ? read.packet.version : 'none';
    if (theirs !== PROTOCOL_VERSION) throw errors.protocolVersion(PROTOCOL_VERSION, theirs);
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

  async function answer<N extends RequestName>({ id, method, params }: CallPacket<N>): Promise<void> {
    if (running.has(id)) throw errors.internal(`call ${id} was sent twice`);
    if (!Object.hasOwn(service, method)) return fail(id, errors.internal(`the engine has no method "${method}"`));
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
    const read = readToEngine(message);
    if ('flaw' in read) throw errors.internal(`the extension sent a ${read.flaw}`);
    const { packet } = read;
    if (packet.kind === 'hello') throw errors.internal('the extension greeted twice');
    // If the answer is already on its way, there is nothing to cancel.
    if (packet.kind === 'cancel') running.get(packet.id)?.abort();
    else void answer(packet);
  });
  transport.send({ kind: 'hello', version: PROTOCOL_VERSION });
}
