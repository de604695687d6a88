/** What pages send, on its way to whoever acts on it. Pure. */
import type { GenericSchema } from 'valibot';
import { read } from '../core/schema';

/** One handler for each type of message; a message without one does not compile. */
export type Handlers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { type: Type }>) => void;
};

/**
 * Hands each message to the handler of its type, once it is as the schema says.
 *
 * @param refused told in one line what is wrong with a message, which nobody gets
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
