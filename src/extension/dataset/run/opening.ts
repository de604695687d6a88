/** Waits for a file that is opened again whenever its process has ended. Pure. */
import type { ExplainError } from '../../../core/errors';

export interface Opening {
  /** The number of the process that the file is or was open in, from 1; 0 before the first. */
  readonly process: number;
  readonly isOpen: boolean;
  /** Resolves when the file is open in a process after this one; rejects if the file can't be used. */
  after(process: number): Promise<void>;
  opened(): void;
  /** The process has ended. */
  lost(): void;
  /** The file can't be used: whoever waits gives up, until `lost` or `opened`. */
  failed(error: ExplainError): void;
}

export function createOpening(): Opening {
  interface Waiting {
    readonly after: number;
    resolve(): void;
    reject(error: ExplainError): void;
  }
  let process = 0;
  let isOpen = false;
  let failure: ExplainError | undefined;
  let waiting: readonly Waiting[] = [];

  return {
    get process() {
      return process;
    },
    get isOpen() {
      return isOpen;
    },
    after: (known) =>
      new Promise((resolve, reject) => {
        if (failure) reject(failure);
        else if (isOpen && process > known) resolve();
        else waiting = [...waiting, { after: known, resolve, reject }];
      }),
    opened() {
      process += 1;
      isOpen = true;
      failure = undefined;
      const due = waiting.filter(({ after }) => process > after);
      waiting = waiting.filter(({ after }) => process <= after);
      for (const { resolve } of due) resolve();
    },
    lost() {
      isOpen = false;
      failure = undefined;
    },
    failed(error) {
      isOpen = false;
      failure = error;
      const all = waiting;
      waiting = [];
      for (const { reject } of all) reject(error);
    },
  };
}
