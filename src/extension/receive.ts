/** Dispatches the messages of pages to their handlers, and sends the replies. Pure. */
import type { GenericSchema } from 'valibot';
import { toExplainError } from '../core/errors';
import { read } from '../core/schema';
import type { FromEditor, PageRequest, PageResults, ToEditor } from '../protocol/webview';

/** One handler for each type of message; a message without one does not compile. */
export type Handlers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { type: Type }>) => void;
};

/**
 * Checks each message by the schema and passes it to the handler of its type.
 *
 * @param refused called with one line that says what is wrong with a message; the message is dropped
 */
export function receiver<Message extends { readonly type: string }>(
  schema: GenericSchema<unknown, Message>,
  handlers: Handlers<Message>,
  refused: (line: string) => void,
): (message: unknown) => void {
  return (message) => {
    const found = read(schema, message);
    if ('flaw' in found) return refused(`A message of the page was refused: ${found.flaw.line}`);
    // TypeScript can't relate a key of the table to the message that the key was read from.
    const handle = handlers[found.value.type as Message['type']] as (message: Message) => void;
    handle(found.value);
  };
}

/** One answer for each type of request; a request without one does not compile. */
export type Answers = {
  readonly [Type in PageRequest['type']]: (request: Extract<PageRequest, { type: Type }>) => Promise<PageResults[Type]>;
};

/** @returns gives each request its one reply, or says in words why there is none */
export function answering(
  answers: Answers,
  send: (message: ToEditor) => void,
): (message: Extract<FromEditor, { type: 'request' }>) => Promise<void> {
  return async ({ id, request }) => {
    // As above: the type of the request is the key.
    const answer = answers[request.type] as (request: PageRequest) => Promise<PageResults[PageRequest['type']]>;
    try {
      send({ type: 'reply', id, result: await answer(request) });
    } catch (thrown) {
      send({ type: 'failure', id, message: toExplainError(thrown).message });
    }
  };
}
