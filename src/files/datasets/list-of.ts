/** Lists whose things are made when they are asked for: the objects of a million images would take hundreds of megabytes. Pure. */

/** What is needed of a list. Arrays are such lists too. */
export interface ListOf<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

/** Whether something of a list is as wanted. */
export function isSome<T>(list: Iterable<T>, isWanted: (thing: T) => boolean): boolean {
  for (const thing of list) if (isWanted(thing)) return true;
  return false;
}

/** @param make called whenever the thing of this index is asked for */
export function listOf<T>(length: number, make: (index: number) => T): ListOf<T> {
  return {
    length,
    at: (index) => (index >= 0 && index < length ? make(index) : undefined),
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield make(i);
    },
  };
}
