/**
 * A map that drops the least recently used entries when the sum of costs exceeds a budget. The newest entry always
 * stays.
 *
 * It is no package, because quick-lru and tiny-lru count entries and know no costs, and lru-cache asks for a cost once and
 * refuses an entry that exceeds the budget alone. Here a model costs more with each session that a method adds, and the
 * model in use may exceed the budget.
 */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  entries(): readonly (readonly [key: string, value: V])[];
}

export function createLru<V>(
  budget: number,
  cost: (value: V) => number = () => 1,
  drop: (value: V) => void = () => {},
): Lru<V> {
  const map = new Map<string, V>();
  const remove = (key: string) => {
    const value = map.get(key);
    if (value === undefined) return;
    map.delete(key);
    drop(value);
  };
  return {
    get: (key) => {
      const value = map.get(key);
      if (value === undefined) return undefined;
      map.delete(key);
      map.set(key, value);
      return value;
    },
    set: (key, value) => {
      if (map.get(key) === value) map.delete(key);
      else remove(key);
      map.set(key, value);
      let total = [...map.values()].reduce((sum, entry) => sum + cost(entry), 0);
      for (const [oldest, entry] of map) {
        if (total <= budget || oldest === key) break;
        total -= cost(entry);
        remove(oldest);
      }
    },
    delete: remove,
    entries: () => [...map],
  };
}
