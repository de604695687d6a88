/** The answering side of the process boundary: each call runs one method of the service and gets one answer. */
import { type ExplainError, errors, toExplainError } from '../core/errors';
import { PROTOCOL_VERSION, type RequestName, type Service } from '../protocol/requests';
import { type CallPacket, type FromEngine, readToEngine, type Transport } from '../protocol/wire';

/**
 * Answers calls until the process ends. A packet that can't be answered, and another version of the protocol, are
 * thrown out of the transport's `receive`: the process reports them and ends.
 *
 * @param sessionsCreated how many runtime sessions were made so far; reported when an answer finds that it has grown
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
    // Its stack is what the message leaves out; the parent writes it to its log.
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
    // A cancel that crosses the answer on its way finds nothing to stop.
    if (packet.kind === 'cancel') running.get(packet.id)?.abort();
    else void answer(packet);
  });
  transport.send({ kind: 'hello', version: PROTOCOL_VERSION });
}
