/**
 * A map that drops the least recently used entries when the sum of costs exceeds a budget. The newest entry always
 * stays.
 *
 * It is no package, because those of this kind refuse an entry that exceeds the budget alone, which here is the model
 * in use, and ask for a cost once, while a model costs more with each session that a method adds.
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
