/** Changes of files, reported a moment after the last of several. */

/** Milliseconds to wait for further changes, since editors and exporters write a file in several steps. */
const SETTLE_MS = 300;

export interface SettledChanges {
  note(address: string): void;
  dispose(): void;
}

/**
 * @param changed called with the addresses that were noted since the last call
 * @param wait in milliseconds
 */
export function settledChanges(changed: (addresses: string[]) => void, wait = SETTLE_MS): SettledChanges {
  const noted = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  return {
    note(address) {
      noted.add(address);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const all = [...noted];
        noted.clear();
        changed(all);
      }, wait);
    },
    dispose: () => clearTimeout(timer),
  };
}
