/** The open run files of the window. Editors of one file share its session, which ends with the last of them. Pure. */
import type { Session } from './session';

export interface Sessions {
  /** The session of a run file that is open; undefined for another. */
  find(run: string): Session | undefined;
  /** @returns the session, and the function that the user of it calls once when it is no longer needed */
  use(run: string): { readonly session: Session; readonly release: () => void };
  readonly all: readonly Session[];
}

export function createSessions(create: (run: string) => Session): Sessions {
  const open = new Map<string, { readonly session: Session; users: number }>();
  return {
    find: (run) => open.get(run)?.session,
    use(run) {
      const held = open.get(run) ?? { session: create(run), users: 0 };
      open.set(run, held);
      held.users += 1;
      let isReleased = false;
      const release = () => {
        if (isReleased) return;
        isReleased = true;
        held.users -= 1;
        if (held.users > 0) return;
        open.delete(run);
        held.session.close();
      };
      return { session: held.session, release };
    },
    get all() {
      return [...open.values()].map(({ session }) => session);
    },
  };
}
