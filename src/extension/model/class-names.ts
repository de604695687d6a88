/** The same class in models whose labels differ. Pure. */

/** A class by its name, and where it is in the labels that the name is from. */
export interface NamedClass {
  readonly label: string;
  readonly index?: number;
}

/**
 * The class that a label of another model means: the one with the same label, else one that shares a name with it (a label
 * may hold several, with commas between them), else the same whatever the case, and with `_` for a space.
 *
 * @returns its index, or why there is none, in words that follow the model's name
 */
export function classNamed(labels: readonly string[], { label, index }: NamedClass): number | string {
  for (const isSame of [equal, sharesName, sharesPlainName]) {
    const found = labels.flatMap((other, at) => (isSame(other, label) ? [at] : []));
    if (found.length === 1) return found[0]!;
    if (found.length === 0) continue;
    // Labels of one list: two classes may have one name, such as the crane that flies and the one that lifts.
    if (index !== undefined && found.includes(index) && labels[index] === label) return index;
    return `has ${found.length} classes called “${label}”`;
  }
  return `has no class “${label}”`;
}

const equal = (a: string, b: string) => a === b;

function sharesName(a: string, b: string): boolean {
  const names = namesOf(a);
  return namesOf(b).some((name) => names.includes(name));
}

const sharesPlainName = (a: string, b: string) => sharesName(plain(a), plain(b));

const plain = (label: string) => label.toLowerCase().replaceAll('_', ' ');

export const namesOf = (label: string): string[] =>
  label
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
