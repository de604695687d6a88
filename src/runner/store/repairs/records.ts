/** Trainings as they lie in the file. */
import * as v from 'valibot';
import { datasetErrors } from '../../../core/dataset-errors';
import { fields, finite } from '../../../core/schema';
import { DEVICE_CHOICES } from '../../../protocol/devices';
import { jsonNumber, REPAIR_FIELDS, TRAINING_EPOCH } from '../../../protocol/params/training';
import type { TrainingEpoch, WatchedMap } from '../../../protocol/training';
import type { Db, Record } from '../file/sqlite';
import { bytesOf, jsonOf, numberOf, textOf } from '../file/values';
import type { RepairImage, RepairImages, StoredRepair } from './form';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());
const STATES = v.picklist(['waiting', 'running', 'paused', 'interrupted', 'done', 'failed']);

/** What `repairs.data` has. */
const REPAIR = fields({
  ...REPAIR_FIELDS,
  /** Missing in trainings of before there was the choice. */
  pasted: v.optional(v.boolean(), false),
  device: v.picklist(DEVICE_CHOICES),
  others: v.exactOptional(v.boolean()),
  reason: v.exactOptional(v.string()),
  images: fields({ train: whole, heldOut: whole }),
  losses: v.array(jsonNumber),
  best: v.exactOptional(whole),
  added: v.exactOptional(whole),
  notes: texts,
});
export type RepairData = v.InferOutput<typeof REPAIR>;

const IMAGE = v.tuple([whole, v.array(whole), v.nullable(whole), v.string()]);
const LIST = v.array(IMAGE);
/** Cells as they are in text: a row after the other, 1 for those that are chosen, else 0. */
const REGION = v.pipe(
  fields({ height: whole, width: whole, chosen: v.pipe(v.string(), v.regex(/^[01]+$/)) }),
  v.check(({ height, width, chosen }) => chosen.length === height * width, 'height x width cells'),
);
/** Without `from` the region is of the image's blurred copy. */
const PASTED = fields({
  image: IMAGE,
  from: v.exactOptional(fields({ item: whole, hash: v.string() })),
  region: whole,
});
/** What `repairs.images` has. `pasted` are the training images of which a region was replaced, `suspects` items. */
const IMAGES = fields({
  train: LIST,
  heldOut: LIST,
  watched: LIST,
  regions: v.exactOptional(v.array(REGION), []),
  pasted: v.exactOptional(v.array(PASTED), []),
  suspects: v.exactOptional(v.array(whole), []),
});

/** What `repair_maps.data` has. */
const MAP = fields({
  height: whole,
  width: whole,
  lo: finite,
  hi: finite,
  offset: finite,
  signed: v.boolean(),
  top: v.tuple([whole, finite]),
});

/** @throws run-file-invalid */
export function repairOf(db: Db, { id, version, state, data }: Record): StoredRepair {
  const { file } = db;
  const repair = numberOf(file, id);
  const found = v.safeParse(STATES, state);
  if (!found.success) throw datasetErrors.runFileInvalid(file, `training ${repair} is not as it must be`);
  const epochs = db
    .all('SELECT data FROM repair_epochs WHERE repair = ? ORDER BY epoch', repair)
    .map((record): TrainingEpoch => jsonOf(file, TRAINING_EPOCH, record['data']));
  return {
    ...jsonOf(file, REPAIR, data),
    repair,
    version: numberOf(file, version),
    state: found.output,
    epochs,
  };
}

/** What `repairOf` reads as the same training. */
export function dataOf(repair: StoredRepair): string {
  const { repair: _, version: __, state: ___, epochs: ____, ...data } = repair;
  return JSON.stringify(data satisfies Omit<StoredRepair, 'repair' | 'version' | 'state' | 'epochs'>);
}

type Listed = v.InferOutput<typeof IMAGE>;
const listed = ({ item, truth, group, hash }: RepairImage): Listed => [item, [...truth], group ?? null, hash];

export function imagesText({ train, heldOut, watched }: RepairImages): string {
  const cells = [...new Set(train.flatMap(({ pasted }) => pasted?.cells ?? []))];
  return JSON.stringify({
    train: train.filter(({ pasted }) => !pasted).map(listed),
    heldOut: heldOut.map(listed),
    watched: watched.map(listed),
    ...(cells.length > 0 && {
      regions: cells.map(({ height, width, chosen }) => ({ height, width, chosen: chosen.join('') })),
      pasted: train.flatMap((image) => {
        if (!image.pasted) return [];
        const { from, cells: own } = image.pasted;
        return [{ image: listed(image), ...(from && { from }), region: cells.indexOf(own) }];
      }),
      suspects: [...new Set(train.flatMap(({ item, suspect }) => (suspect ? [item] : [])))],
    }),
  });
}

/** @param last the largest id of an item */
export function imagesOf(db: Db, text: string, last: number): RepairImages {
  const { train, heldOut, watched, regions, pasted, suspects } = jsonOf(db.file, IMAGES, text);
  const known = (item: number): number => {
    if (item < 1 || item > last) throw datasetErrors.runFileInvalid(db.file, `it has no item ${item}`);
    return item;
  };
  const image = ([item, truth, group, hash]: Listed): RepairImage => ({
    item: known(item),
    ...{ truth, hash },
    ...(group !== null && { group }),
  });
  const suspicious = new Set(suspects);
  const trained = (one: Listed): RepairImage => ({ ...image(one), ...(suspicious.has(one[0]) && { suspect: true }) });
  const cells = regions.map(({ chosen, ...size }) => ({ ...size, chosen: Uint8Array.from(chosen, Number) }));
  const added = pasted.map(({ image: into, from, region }): RepairImage => {
    const own = cells[region];
    if (!own) throw datasetErrors.runFileInvalid(db.file, `it has no region ${region}`);
    if (from) known(from.item);
    return { ...trained(into), pasted: { ...(from && { from }), cells: own } };
  });
  return { train: [...train.map(trained), ...added], heldOut: heldOut.map(image), watched: watched.map(image) };
}

export function mapText({ map: { values: _, ...map }, top }: WatchedMap): string {
  return JSON.stringify({ ...map, top });
}

export function mapOf(db: Db, { epoch, item, data, map }: Record): WatchedMap {
  const { top, ...size } = jsonOf(db.file, MAP, textOf(db.file, data));
  const values = bytesOf(db.file, map);
  if (values.length !== size.height * size.width)
    throw datasetErrors.runFileInvalid(db.file, 'a map has another size than it says');
  return { epoch: numberOf(db.file, epoch), item: numberOf(db.file, item), map: { ...size, values }, top };
}
