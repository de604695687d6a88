/** What a page asks the host for and waits on. Each page has a table of its requests. */

/** Requests by name. */
export type Requests = {
  readonly [name: string]: { readonly params: object; readonly result: unknown; readonly first?: unknown };
};

type Settled =
  | { readonly type: 'reply'; readonly id: string; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: string; readonly message: string };

export interface Asking<Table extends Requests> {
  /**
   * Rejects with the host's words. Of a page that is hidden meanwhile nothing is left to be answered.
   *
   * @param early called with the part of an answer that comes before the whole
   */
  ask<Name extends keyof Table & string>(
    name: Name,
    params: Table[Name]['params'],
    early?: (first: Table[Name]['first']) => void,
  ): Promise<Table[Name]['result']>;
  /** Called with an answer. Answers to an earlier page are ignored. */
  settle(answer: Settled): void;
  /** Called with the first part of an answer. */
  begin(id: string, first: unknown): void;
}

export function createAsking<Table extends Requests>(
  send: <Name extends keyof Table & string>(id: string, name: Name, params: Table[Name]['params']) => void,
): Asking<Table> {
  interface Pending {
    settle(answer: Settled): void;
    begin(first: unknown): void;
  }
  const pending = new Map<string, Pending>();
  return {
    ask(name, params, early) {
      const id = crypto.randomUUID();
      return new Promise((resolve, reject) => {
        pending.set(id, {
          settle: (answer) => (answer.type === 'reply' ? resolve(answer.result) : reject(new Error(answer.message))),
          begin: (first) => early?.(first),
        });
        send(id, name, params);
      });
    },
    settle(answer) {
      pending.get(answer.id)?.settle(answer);
      pending.delete(answer.id);
    },
    begin(id, first) {
      pending.get(id)?.begin(first);
    },
  };
}
