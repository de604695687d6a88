/** Finds the same class in models with different labels. Pure. */

/** A class by its name, and its index in the labels that the name comes from. */
export interface NamedClass {
  readonly label: string;
  readonly index?: number;
}

/**
 * Finds the class for a label of another model: the class with the same label, or one that shares a name with it (a
 * label may have several names, separated by commas), or the same ignoring case and with `_` for a space.
 *
 * @returns the index; or the reason why there is none, in words that follow the model's name
 */
export function classNamed(labels: readonly string[], { label, index }: NamedClass): number | string {
  for (const isSame of [equal, sharesName, sharesPlainName]) {
    const found = labels.flatMap((other, at) => (isSame(other, label) ? [at] : []));
    if (found.length === 1) return found[0]!;
    if (found.length === 0) continue;
    // If both models have the same list of labels, the index decides: two classes may share a name, such as crane, the
    // bird and the machine.
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
