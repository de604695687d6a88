/** What a page asks the host for and waits on. */
import type { FromEditor, PageRequest, PageResults, ToEditor } from '../src/protocol/webview';

type Settled = Extract<ToEditor, { type: 'reply' | 'failure' }>;

export interface Asking {
  /** Rejects with the host's words. Of a page that is hidden meanwhile nothing is left to be answered. */
  ask<Type extends PageRequest['type']>(request: Extract<PageRequest, { type: Type }>): Promise<PageResults[Type]>;
  /** Called with an answer. Answers to an earlier page are ignored. */
  settle(answer: Settled): void;
}

export function createAsking(post: (message: Extract<FromEditor, { type: 'request' }>) => void): Asking {
  const pending = new Map<string, (answer: Settled) => void>();
  return {
    ask<Type extends PageRequest['type']>(request: Extract<PageRequest, { type: Type }>) {
      const id = crypto.randomUUID();
      return new Promise<PageResults[Type]>((resolve, reject) => {
        pending.set(id, (answer) => {
          // The id stands for the request's type, and so for that of the result.
          if (answer.type === 'reply') resolve(answer.result as PageResults[Type]);
          else reject(new Error(answer.message));
        });
        post({ type: 'request', id, request });
      });
    },
    settle(answer) {
      pending.get(answer.id)?.(answer);
      pending.delete(answer.id);
    },
  };
}
