/** The names of a folder's files, of which there may be a million: as objects they would take three times the memory. Pure. */
import { type ListOf, listOf } from '../list-of';

/** Fewer names are kept as they are: there may be a million folders too. */
const FEW = 64;

/** The same names in one text, of which each is cut when it is asked for. */
export function packed(names: readonly string[]): ListOf<string> {
  if (names.length < FEW) return names;
  const ends = new Uint32Array(names.length);
  let end = 0;
  for (const [i, name] of names.entries()) {
    end += name.length;
    ends[i] = end;
  }
  const text = names.join('');
  return listOf(names.length, (i) => text.slice(i === 0 ? 0 : ends[i - 1], ends[i]));
}

/** Those names that are wanted, which are often all. */
export function namesThat(names: ListOf<string>, isWanted: (name: string) => boolean): ListOf<string> {
  const found: string[] = [];
  let count = 0;
  for (const name of names) if (isWanted(name)) count++;
  if (count === names.length) return names;
  for (const name of names) if (isWanted(name)) found.push(name);
  return packed(found);
}
