/** Dispatches the messages of pages to their handlers. Pure. */
import type { GenericSchema } from 'valibot';
import { read } from '../core/schema';

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
