/** Finds the classes that folders of images are named after, in the spellings that data sets use. */
import { errors } from '../../errors';
import { IMAGENET_SYNSETS } from './imagenet-synsets';

export interface FolderClasses {
  /** Class indices by folder; folders that stand for no class are absent. */
  readonly classes: ReadonlyMap<string, number>;
  /** Folders whose spelling differs from the label or the index. */
  readonly loosely: readonly string[];
  /** Indices of the classes that have exactly the folder's name, where there are several. */
  readonly ambiguous: ReadonlyMap<string, readonly number[]>;
}

/**
 * A folder stands for the first of these that exists: the class with this label, or with this name among its label's
 * comma-separated names; the class of this index, unless another number among the folders is not an index, since they
 * may then count from 1; the one class of its synset (`n02123045`, `n02123045-tabby`); the one class of its name,
 * ignoring case and with `_` or `-` for a space; the same in the singular or plural of English; the same behind a number
 * (`001.Laysan_Albatross`) or without any separators (`IceCream`).
 */
export function matchFolders(folders: readonly string[], labels: readonly string[]): FolderClasses {
  const known = knownNames(labels);
  const classes = new Map<string, number>();
  const loosely: string[] = [];
  const ambiguous = new Map<string, readonly number[]>();
  const isNumber = (name: string) => /^\d+$/.test(name) && !known.exact.has(name);
  const areIndices = folders.every((name) => !isNumber(name) || Number(name) < labels.length);
  for (const name of folders) {
    const exact = exactly(name);
    const index = exact ?? (isNumber(name) || ambiguous.has(name) ? undefined : looselyNamed(name, known));
    if (index === undefined) continue;
    classes.set(name, index);
    if (exact === undefined) loosely.push(name);
  }
  return { classes, loosely, ambiguous };

  function exactly(name: string): number | undefined {
    if (isNumber(name)) return areIndices ? Number(name) : undefined;
    const named = known.exact.get(name) ?? [];
    // A label of just this name counts before others that have it among their names.
    const labelled = named.length > 1 ? named.filter((index) => labels[index] === name) : named;
    const found = labelled.length > 0 ? labelled : named;
    if (found.length > 1) ambiguous.set(name, found);
    return found.length === 1 ? found[0] : undefined;
  }
}

/**
 * The same for folders that each have to mean one class.
 *
 * @throws ambiguous-class if several classes have exactly this name
 */
export function classesOfFolders(folders: readonly string[], labels: readonly string[]): FolderClasses {
  const matched = matchFolders(folders, labels);
  for (const [name, found] of matched.ambiguous) throw errors.ambiguousClass(name, found);
  return matched;
}

/** Class indices by name. */
type Names = ReadonlyMap<string, readonly number[]>;

interface KnownNames {
  readonly exact: Names;
  readonly synsets: Names;
  readonly plain: Names;
  readonly plurals: Names;
  readonly compact: Names;
}

function knownNames(labels: readonly string[]): KnownNames {
  const names = () => new Map<string, number[]>();
  const [exact, synsets, plain, plurals, compact] = [names(), names(), names(), names(), names()];
  const add = (names: Map<string, number[]>, name: string, index: number) => {
    const found = names.get(name);
    if (!found) names.set(name, [index]);
    else if (found.at(-1) !== index) found.push(index);
  };
  const offset = imagenetOffset(labels);
  if (offset !== undefined) for (const [i, synset] of IMAGENET_SYNSETS.entries()) add(synsets, synset, i + offset);
  labels.forEach((label, index) => {
    const { synset, rest } = withoutSynset(label);
    if (synset !== undefined) add(synsets, synset, index);
    for (const name of [label, ...label.split(',').map((part) => part.trim())]) add(exact, name, index);
    for (const name of new Set([rest, ...rest.split(',')].map(plainly))) {
      add(plain, name, index);
      add(compact, compactly(name), index);
      for (const plural of pluralsOf(name)) add(plurals, plural, index);
    }
  });
  return { exact, synsets, plain, plurals, compact };
}

/** Numbers that data sets put before the names of classes, as CUB-200 does. */
const NUMBERED = /^\d+[\s._-]+(?=\D)/;

function looselyNamed(folder: string, known: KnownNames): number | undefined {
  const name = folder.replace(NUMBERED, '');
  return likeNamed(folder, known) ?? (name === folder ? undefined : likeNamed(name, known));
}

function likeNamed(folder: string, { synsets, plain, plurals, compact }: KnownNames): number | undefined {
  const { synset, rest } = withoutSynset(folder);
  const name = plainly(rest);
  const singular = pluralsOf(name).flatMap((plural) => plain.get(plural) ?? []);
  const tries = [
    synsets.get(synset ?? ''),
    plain.get(name),
    [...(plurals.get(name) ?? []), ...singular],
    compact.get(compactly(name)),
  ];
  const found = new Set(tries.find((indices) => indices && indices.length > 0));
  return found.size === 1 ? [...found][0] : undefined;
}

const SYNSET = /^(n\d{8})(?:$|[\s_-]+)/;

function withoutSynset(name: string): { readonly synset: string | undefined; readonly rest: string } {
  const [prefix, synset] = SYNSET.exec(name) ?? ['', undefined];
  return { synset, rest: name.slice(prefix.length) };
}

/** Some file systems decompose letters with accents, so names are composed before they are compared. */
function plainly(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

const compactly = (plain: string) => plain.replaceAll(/[ .]/g, '');

const IRREGULAR: Readonly<Record<string, string>> = {
  child: 'children',
  foot: 'feet',
  goose: 'geese',
  man: 'men',
  mouse: 'mice',
  ox: 'oxen',
  person: 'people',
  tooth: 'teeth',
  woman: 'women',
};

/** Plural endings; the first pattern that matches is used. */
const PLURALS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(?<=s|x|z|ch|sh)$/, ['es']],
  [/(?<=[^aeiou])y$/, ['ies']],
  [/(?<=[^f])fe?$/, ['ves', '$&s']],
  [/(?<=o)$/, ['s', 'es']],
  [/$/, ['s']],
];

/** The plurals of a name's last word. */
function pluralsOf(name: string): readonly string[] {
  const word = /[a-z]+$/.exec(name)?.[0];
  if (word === undefined) return [];
  const before = name.slice(0, -word.length);
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  if (irregular !== undefined) return [before + irregular];
  const [ending, plurals] = PLURALS.find(([pattern]) => pattern.test(word))!;
  return plurals.map((plural) => before + word.replace(ending, plural));
}

/** Classes whose names are the same in all common lists of ImageNet's labels. */
const LANDMARKS: Readonly<Record<number, string>> = {
  0: 'tench',
  1: 'goldfish',
  207: 'golden retriever',
  281: 'tabby',
  388: 'panda',
  497: 'church',
  724: 'pirate',
  817: 'sports car',
  954: 'banana',
  963: 'pizza',
  999: 'toilet',
};

/**
 * The index of ImageNet's first class, if the labels are its thousand classes or a thousand classes without names. The
 * index is 1 if a background class comes first.
 */
function imagenetOffset(labels: readonly string[]): number | undefined {
  const offset = labels.length - IMAGENET_SYNSETS.length;
  if (offset === 0 && labels.every((label, i) => label === `${i}`)) return 0;
  if (offset !== 0 && offset !== 1) return undefined;
  const agree = Object.entries(LANDMARKS).filter(([i, name]) => plainly(labels[Number(i) + offset]!).includes(name));
  return agree.length >= Object.keys(LANDMARKS).length - 2 ? offset : undefined;
}
