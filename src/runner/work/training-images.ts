/** The images of a training: what its queries find, with their classes and groups. */
import type { Cells } from '../../core/clusters/cells';
import { evenly } from '../../core/clusters/suspicion';
import { datasetErrors } from '../../core/dataset-errors';
import { toExplainError } from '../../core/errors';
import { parseQuery } from '../../core/query/parse';
import type { ItemId, VersionInfo } from '../../protocol/dataset';
import type { RepairChoice } from '../../protocol/training';
import { hidden, type Paste, pastes } from '../plan/paste';
import { type Candidate, type Split, split, type Usable } from '../plan/split';
import type { RunFile } from '../store/form';
import type { Group, RepairImage, RepairImages } from '../store/repairs/form';
import { truthOf } from './classes';
import { identified } from './images';

export interface ChosenImages {
  readonly of: RepairImages;
  readonly notes: readonly string[];
}

/** Images of each half, suspicious and others, whose maps are shown if none were chosen. */
const WATCHED_OF_EACH = 4;
/** Digits of a hash that are kept to recognise a file. */
export const DIGITS = 16;

/**
 * @throws query-invalid; not-trainable if there is nothing to learn from, or nothing to hold out; what the run file throws;
 *   cancelled
 */
export async function chosenImages(
  file: RunFile,
  version: VersionInfo,
  { train, heldOut, watched, options, pasted }: RepairChoice,
  signal: AbortSignal,
): Promise<ChosenImages> {
  const isHeldOut = heldOut.trim() !== '';
  const wanted = await itemsOf(file, version, 'training images', train, signal);
  const held = isHeldOut ? await itemsOf(file, version, 'held-out images', heldOut, signal) : undefined;
  const failed = new Set(await itemsOf(file, version, 'failed images', 'failed', signal));
  const candidates = (items: readonly ItemId[]) => candidatesOf(file, version, items, failed, signal);
  const found = split(await candidates(wanted), held && (await candidates(held)));
  const fail = (reason: string) => datasetErrors.notTrainable(version.name, reason);
  const left = found.notes.length > 0 ? ` (${found.notes.join(' ')})` : '';
  if (found.train.length === 0)
    throw fail(`no image to train on is left${left}; change the query, or name classes by a mapping`);
  if (found.heldOut.length === 0)
    throw fail(`no image to hold out is left${left}; choose others, or none to hold out a fifth`);
  const truths = new Set(found.train.map(({ truth }) => [...truth].sort((a, b) => a - b).join()));
  if (truths.size < 2) {
    const [only = 0] = found.train[0]!.truth;
    throw fail(`all training images are of one class (${version.labels[only] ?? only}); add images of others`);
  }
  const groups = file.repairs.groups(version.id);
  const grouping = options.balance === 'group' ? groupingOf(groups, [...found.train, ...found.heldOut]) : undefined;
  const image = ({ item, truth, hash }: Usable): RepairImage => ({
    item,
    truth,
    hash: hash.slice(0, DIGITS),
    ...(grouping && { group: grouping.of(item) }),
  });
  const added = pasted ? pastedOf(groups, found.train, options.seed) : NOTHING_ADDED;
  const shown =
    watched.length > 0
      ? (await candidates(watched)).filter((each): each is Usable => each.hash !== undefined && each.truth.length > 0)
      : someOf(groups, found);
  const several = found.train.filter(({ truth }) => truth.length > 1).length;
  const unseen = watched.length - shown.length;
  return {
    of: {
      train: [
        ...found.train.map((one) => ({ ...image(one), ...(added.suspects(one.item) && { suspect: true }) })),
        // In the group of the image that the region is of: where the mark is, it is balanced with the classes without it.
        ...added.images.map(({ image: into, from, cells }) => {
          const { item, hash, group } = image(from);
          return { ...image(into), ...(group !== undefined && { group }), pasted: { from: { item, hash }, cells } };
        }),
        // Without the mark they are like all others.
        ...added.hidden.map(({ image: one, cells }) => ({
          ...image(one),
          ...(grouping && { group: 0 }),
          ...{ pasted: { cells }, suspect: true },
        })),
      ],
      heldOut: found.heldOut.map(image),
      watched: shown.map(image),
    },
    notes: [
      ...found.notes,
      ...(several > 0 ? [`Several classes are right for ${several} of the training images; each counts equally.`] : []),
      ...added.notes,
      ...(grouping ? [grouping.note] : []),
      ...(isHeldOut ? [] : ['A fifth of the images of each class is held out.']),
      ...(unseen > 0 ? [`${unseen} of the images to be watched can't be: their class is not known.`] : []),
    ],
  };
}

/** @param which the images that are wanted, in words */
async function itemsOf(
  file: RunFile,
  { id }: VersionInfo,
  which: string,
  query: string,
  signal: AbortSignal,
): Promise<readonly ItemId[]> {
  try {
    parseQuery(query);
    const { list } = await file.list({ version: id, query, first: 0 }, { signal, emit: () => {} });
    return file.itemsOf(id, { list });
  } catch (thrown) {
    const { code, message } = toExplainError(thrown);
    throw code === 'query-invalid' ? datasetErrors.queryOf(which, message) : thrown;
  }
}

/** Items that are looked at between two pauses. */
const PART = 512;

async function candidatesOf(
  file: RunFile,
  { classes }: VersionInfo,
  items: readonly ItemId[],
  failed: ReadonlySet<ItemId>,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (let from = 0; from < items.length; from += PART) {
    const stored = items.slice(from, from + PART).map((id) => file.item(id));
    for (const one of await identified(stored, signal))
      found.push({
        item: one.item.id,
        truth: truthOf(one.item, classes),
        hash: 'hash' in one ? one.hash : undefined,
        failed: failed.has(one.item.id),
      });
  }
  return found;
}

interface Grouping {
  of(item: ItemId): number;
  /** What the groups are, in a sentence. */
  readonly note: string;
}

/**
 * Tags say more than clusters, since somebody has set them, and of clusters those that are suspicious. Images in none of
 * them are group 0.
 */
function groupingOf(groups: readonly Group[], images: readonly Usable[]): Grouping {
  const inUse = groups.filter((group) => images.some(({ item }) => group.has(item)));
  const chosen = [
    inUse.filter(({ by }) => by === 'tag'),
    inUse.filter(({ suspicious }) => suspicious),
    inUse.filter(({ by }) => by === 'cluster'),
  ].find((some) => some.length > 0);
  if (!chosen) return { of: () => 0, note: 'There are no tags or clusters, so images are balanced by class alone.' };
  const numbers = new Map<string, number>([['', 0]]);
  const names = chosen.map(({ query }) => query).join(', ');
  return {
    note: `Images are balanced by class and group: ${names}, and the rest.`,
    of(item) {
      const key = chosen.flatMap((group, i) => (group.has(item) ? [i] : [])).join();
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    },
  };
}

interface Added {
  readonly images: readonly (Paste & { readonly cells: Cells })[];
  /** Members of the clusters, of which the cells are blurred. */
  readonly hidden: readonly { readonly image: Usable; readonly cells: Cells }[];
  suspects(item: ItemId): boolean;
  /** What was added, in sentences. */
  readonly notes: readonly string[];
}

const NOTHING_ADDED: Added = { images: [], hidden: [], suspects: () => false, notes: [] };

/** Images of other classes with the regions of the suspicious clusters pasted in, and members with them blurred. */
function pastedOf(groups: readonly Group[], train: readonly Usable[], seed: number): Added {
  const sources = groups.flatMap(({ name, suspicious, region, has }) =>
    suspicious && region ? [{ name, has, ...region() }] : [],
  );
  if (sources.length === 0)
    return { ...NOTHING_ADDED, notes: ['There is no suspicious cluster, so no region was pasted into other images.'] };
  const chosen = pastes(train, sources, seed);
  const blurred = sources.map((source, k) => hidden(train, source, chosen[k]!.length));
  return {
    images: sources.flatMap(({ cells }, k) => chosen[k]!.map((paste) => ({ ...paste, cells }))),
    hidden: sources.flatMap(({ cells }, k) => blurred[k]!.map((image) => ({ image, cells }))),
    suspects: (item) => sources.some((source) => source.has(item)),
    notes: sources.map(({ name }, k) => {
      const { length } = chosen[k]!;
      const own = blurred[k]!.length;
      return `${length} image${length === 1 ? '' : 's'} of other classes ${length === 1 ? 'was' : 'were'} added with the region of ${name} pasted in, and ${own} of its own with the region blurred.`;
    }),
  };
}

/** Some of the most suspicious cluster and some others, held-out ones first. */
function someOf(groups: readonly Group[], { train, heldOut }: Pick<Split, 'train' | 'heldOut'>): readonly Usable[] {
  const [suspicious] = groups.filter((group) => group.suspicious);
  const pick = (isMarked: boolean, count: number): readonly Usable[] => {
    const of = ({ item }: Usable) => (suspicious?.has(item) ?? false) === isMarked;
    const spread = (some: readonly Usable[], most: number) =>
      evenly([...some.keys()], most).map((index) => some[index]!);
    const held = spread(heldOut.filter(of), count);
    return [...held, ...spread(train.filter(of), count - held.length)];
  };
  const marked = pick(true, WATCHED_OF_EACH);
  return [...marked, ...pick(false, 2 * WATCHED_OF_EACH - marked.length)];
}
