/** Plans: made of a dataset and a model, written to a shared folder once, and read by whoever works on their shards. */
import { createHash } from 'node:crypto';
import { type FileHandle, rename } from 'node:fs/promises';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { parseJson } from '../../core/schema';
import { isAbsent } from '../../core/system-errors';
import type { ListedDataset } from '../../files/datasets/listed';
import { pausing } from '../../files/pause';
import type { NewVersion } from '../store/form';
import { claimName, createWhole, draftOf, failing, isWhole, makeShared, removeDraft, withShared } from './folder';
import { FORM, PLAN, type PlanFile, type PlanOptions, type Range, SHARD } from './form';
import { itemsOf, lineOf, type PlannedItem, whyOutside } from './items';

export const PLAN_FILE = 'plan.json';
/** Of a plan's file; labels and categories may be many. */
const MOST_BYTES = 2 ** 26;
/** Bytes of a shard in the index: the length of its lines (uint32, little-endian), and their SHA-256. */
const ENTRY = 36;

/** A plan before it is written. */
export interface NewPlan {
  readonly file: PlanFile;
  readonly index: Uint8Array;
  readonly dataset: ListedDataset;
}

export interface Plan {
  readonly folder: string;
  readonly file: PlanFile;
  readonly index: Uint8Array;
  readonly shards: number;
  /** The images of a shard. */
  range(shard: number): Range;
  /**
   * Images of a part of a shard, read from the folder and checked.
   *
   * @param root of the images on this machine; by default where they were when the plan was made
   * @throws shared-invalid
   */
  itemsOf(shard: number, range?: Range, root?: string): Promise<readonly PlannedItem[]>;
}

const shardsOf = ({ items, size }: Pick<PlanFile, 'items' | 'size'>): number => Math.ceil(items / size);
const rangeOf = ({ items, size }: Pick<PlanFile, 'items' | 'size'>, shard: number): Range => ({
  from: shard * size,
  to: Math.min((shard + 1) * size, items),
});

/** The hash of all that results depend on; where things lie is no part of it. */
function idOf(file: Omit<PlanFile, 'id'>, index: Uint8Array): string {
  const { form, product, options, size, items, dataset, version } = file;
  const { categories, splits } = dataset;
  const { maps } = options;
  const method = maps && [
    maps.method,
    Object.entries(maps.options).sort(([a], [b]) => (a < b ? -1 : 1)),
    maps.blur.kernel,
    maps.blur.sigma,
  ];
  const known = [form, product, method, options.for, size, items, categories, splits, version.hash, version.classes];
  return createHash('sha256').update(JSON.stringify(known)).update(index).digest('hex');
}

/**
 * Cuts a dataset into shards. Nothing is written, and no more is held than the dataset and 36 bytes a shard.
 *
 * @param size images of a shard
 * @throws dataset-invalid if an image lies outside of the dataset's folder; cancelled
 */
export async function planOf(
  dataset: ListedDataset,
  version: NewVersion,
  options: PlanOptions,
  product: string,
  { size = SHARD, signal }: { readonly size?: number; readonly signal?: AbortSignal } = {},
): Promise<NewPlan> {
  const { source, root, categories, splits, notes, limit, items } = dataset;
  const pause = pausing(signal);
  const index = Buffer.alloc(ENTRY * Math.ceil(items.length / size));
  let shard = 0;
  for (const lines of linesOf(dataset, size)) {
    const bytes = Buffer.from(lines);
    index.writeUInt32LE(bytes.length, ENTRY * shard);
    createHash('sha256')
      .update(bytes)
      .digest()
      .copy(index, ENTRY * shard + 4);
    shard += 1;
    await pause();
  }
  const file: Omit<PlanFile, 'id'> = {
    form: FORM,
    product,
    options,
    size,
    items: items.length,
    dataset: {
      ...{ source: path.resolve(source), root, categories, splits, notes },
      ...(limit !== undefined && { limit }),
    },
    version,
  };
  return { file: { ...file, id: idOf(file, index) }, index, dataset };
}

/** The lines of each shard. @throws dataset-invalid */
function* linesOf({ source, categories, items }: ListedDataset, size: number): Generator<string> {
  const indices = new Map(categories.map((name, i) => [name, i]));
  const indexOf = (name: string) => indices.get(name)!;
  for (let from = 0; from < items.length; from += size) {
    let lines = '';
    for (let i = from; i < Math.min(from + size, items.length); i++) {
      const item = items.at(i)!;
      const outside = whyOutside(item.path);
      if (outside !== undefined)
        throw datasetErrors.datasetInvalid(source, `${item.path}: ${outside}, and machines share only what is in it`);
      lines += lineOf(item, indexOf);
    }
    yield lines;
  }
}

const partName = (id: string, part: 'index' | 'items'): string => `plan-${id.slice(0, 16)}.${part}`;
const AGAIN = 'Remove this folder, and begin anew.';

/**
 * Writes the plan, or finds that another machine has written the same.
 *
 * @throws plan-differs if the folder has another one; shared-invalid
 */
export async function sharePlan(folder: string, made: NewPlan): Promise<Plan> {
  await makeShared(folder);
  const file = path.join(folder, PLAN_FILE);
  if (!(await isWhole(file))) {
    const { id, size } = made.file;
    // What has its content in its name may be written by several at once: all write the same.
    for (const [part, content] of [
      ['index', [made.index]],
      ['items', linesOf(made.dataset, size)],
    ] as const) {
      const name = path.join(folder, partName(id, part));
      const draft = await draftOf(name, content);
      await rename(draft, name).catch((thrown) => failing(name, thrown));
    }
    const content = `${JSON.stringify(made.file, null, 2)}\n`;
    const draft = await draftOf(file, content);
    // A torn plan keeps the name too.
    if ((await claimName(draft, file)) !== 'claimed') await createWhole(file, content);
    await removeDraft(draft);
  }
  const plan = await openPlan(folder);
  await checkSame(plan, made);
  return plan;
}

/** @throws plan-differs, with what differs */
async function checkSame(
  { folder, file, index, itemsOf: read }: Plan,
  { file: own, index: ownIndex, dataset }: NewPlan,
) {
  if (file.id === own.id) return;
  const differs = (what: string, there: unknown, here: unknown) =>
    datasetErrors.planDiffers(folder, `${what} there, ${String(there)}, is not that here, ${String(here)}`);
  const optionsOf = ({ options: { maps, for: rows } }: PlanFile) => (maps ? `${maps.method} for ${rows}` : 'no maps');
  checkWorker(folder, file, own.version, own.product);
  for (const [what, of] of [
    ['the choice of maps', optionsOf],
    ['the size of shards', ({ size }: PlanFile) => size],
    ['the number of images', ({ items }: PlanFile) => items],
    ['the list of classes', ({ dataset: { categories } }: PlanFile) => categories.join(', ').slice(0, 200)],
  ] as const)
    if (of(file) !== of(own)) throw differs(what, of(file), of(own));
  for (let shard = 0; shard < shardsOf(own); shard++) {
    const [there, here] = [index, ownIndex].map((one) => one.subarray(ENTRY * shard, ENTRY * (shard + 1)));
    if (Buffer.compare(there!, here!) === 0) continue;
    for (const item of await read(shard)) {
      const mine = dataset.items.at(item.position)!;
      const known = [item.path, item.bytes, item.mtime].join();
      if (known !== [mine.path, mine.bytes, mine.mtime].join())
        throw datasetErrors.planDiffers(
          folder,
          `${mine.path} here is not ${item.path} there, by its name, size or modification time; copies keep their times by cp -p or rsync -a`,
        );
    }
    throw datasetErrors.planDiffers(folder, `what is known of the images from number ${shard * own.size} on`);
  }
  throw datasetErrors.planDiffers(folder, 'what the classes of the dataset mean to the model');
}

/**
 * Checks that a machine has the plan's product and model, before anything is computed.
 *
 * @throws plan-differs
 */
export function checkWorker(
  folder: string,
  { product, version }: Pick<PlanFile, 'product' | 'version'>,
  model: Pick<NewVersion, 'model' | 'hash'>,
  own: string,
): void {
  if (product !== own)
    throw datasetErrors.planDiffers(folder, `it was made by Group-CAM ${product}, and this is ${own}`);
  if (version.hash === model.hash) return;
  const isModel = version.hash.split('+')[0] !== model.hash.split('+')[0];
  const what = isModel ? 'its model is another file than' : 'the preprocessing, layer or labels are not those of';
  throw datasetErrors.planDiffers(folder, `${what} ${model.model}`);
}

/** @throws shared-invalid */
export async function openPlan(folder: string): Promise<Plan> {
  const name = path.join(folder, PLAN_FILE);
  const none = 'Name the folder that group-cam dataset --shared was given.';
  const whole = async (handle: FileHandle) => {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new Error(`${size} bytes; at most ${MOST_BYTES} are read`);
    return handle.readFile();
  };
  const bytes = await withShared(name, whole, AGAIN).catch((thrown) =>
    isAbsent(thrown) ? failing(folder, new Error('no plan is in it'), none) : failing(name, thrown),
  );
  const file = parseJson(PLAN, bytes.toString('utf8'), ({ line }) => datasetErrors.sharedInvalid(name, line, AGAIN));
  const shards = shardsOf(file);
  const indexFile = path.join(folder, partName(file.id, 'index'));
  const entries = async (handle: FileHandle) => {
    const { size } = await handle.stat();
    if (size !== ENTRY * shards) throw new Error(`${size} bytes instead of ${ENTRY * shards}`);
    return handle.readFile();
  };
  const index = await withShared(indexFile, entries, AGAIN).catch((thrown) => failing(indexFile, thrown, AGAIN));
  if (idOf(file, index) !== file.id) failing(name, new Error('its content is not what its id says'), AGAIN);
  return planWith(folder, file, index, shards);
}

function planWith(folder: string, file: PlanFile, index: Buffer, shards: number): Plan {
  const lines = path.join(folder, partName(file.id, 'items'));
  const starts = new Float64Array(shards + 1);
  for (let shard = 0; shard < shards; shard++) starts[shard + 1] = starts[shard]! + index.readUInt32LE(ENTRY * shard);
  return {
    folder,
    file,
    index,
    shards,
    range: (shard) => rangeOf(file, shard),
    async itemsOf(shard, range = rangeOf(file, shard), root = file.dataset.root) {
      const length = starts[shard + 1]! - starts[shard]!;
      const whole = rangeOf(file, shard);
      const read = async (handle: FileHandle) => {
        if (length > MOST_BYTES)
          throw new Error(`shard ${shard + 1} has ${length} bytes; at most ${MOST_BYTES} are read`);
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, starts[shard]!);
        const hash = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest();
        if (hash.compare(index, ENTRY * shard + 4, ENTRY * (shard + 1)) !== 0)
          throw new Error(`the images of shard ${shard + 1} are not what the plan says`);
        const found = itemsOf(buffer.toString('utf8'), whole.from, root, file.dataset.categories.length);
        if ('flaw' in found) throw new Error(found.flaw);
        if (found.items.length !== whole.to - whole.from)
          throw new Error(`shard ${shard + 1} has another number of images`);
        return found.items.slice(range.from - whole.from, range.to - whole.from);
      };
      return withShared(lines, read, AGAIN).catch((thrown) => failing(lines, thrown, AGAIN));
    },
  };
}
