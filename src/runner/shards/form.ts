/**
 * What machines share: a plan, and the results of its shards. A plan is the sorted list of a dataset's images, cut into
 * shards, with the model and the options; its id is the hash of all that a result depends on. Paths of machines are no part
 * of the id, so each machine may have the dataset and the model at another place.
 */
import * as v from 'valibot';
import { ACTIVATIONS } from '../../core/output';
import { type Form, fields, finite } from '../../core/schema';
import type { ListedDataset } from '../../files/datasets/listed';
import type { MapChoice } from '../../protocol/dataset';
import { methodChoice, modelChoice } from '../../protocol/params/choices';
import type { NewVersion } from '../store/form';

/** Raise it with every change of the files of a plan or a shard. */
export const FORM = 2;
/** Images of a shard, unless something else is asked for. */
export const SHARD = 256;

/** SHA-256 in hexadecimal. */
export const HASH = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256'));
const whole = v.pipe(v.number(), v.safeInteger('a whole number'), v.minValue(0, 'a whole number from 0'));
const positive = v.pipe(whole, v.minValue(1, 'a whole number from 1'));

/** Which maps are computed beside the sweep's own. */
export interface PlanOptions {
  /** Without a choice there are none. */
  readonly maps?: MapChoice;
  /** The images that get them: all, or those with a wrong prediction. */
  readonly for: 'all' | 'wrong';
}
const PLAN_OPTIONS = fields({
  maps: v.exactOptional(methodChoice),
  for: v.picklist(['all', 'wrong']),
} satisfies Form<PlanOptions>);

const texts = v.array(v.string());
const VERSION = fields({
  name: v.string(),
  model: v.string(),
  labels: texts,
  activation: v.picklist([...ACTIVATIONS, 'probability']),
  layer: v.string(),
  classes: v.array(v.array(whole)),
  mapping: v.exactOptional(v.string()),
  assumptions: texts,
  choice: modelChoice,
  inputSize: v.exactOptional(fields({ width: finite, height: finite })),
  bytes: finite,
  hash: v.string(),
} satisfies Form<NewVersion>);

/** `plan.json` */
export interface PlanFile {
  readonly form: typeof FORM;
  readonly id: string;
  /** `productVersion` of who has made it. */
  readonly product: string;
  readonly options: PlanOptions;
  /** Images of a shard; the last one may have fewer. */
  readonly size: number;
  readonly items: number;
  /** With source and root as they are for who has made the plan. */
  readonly dataset: Omit<ListedDataset, 'items'>;
  readonly version: NewVersion;
}
export const PLAN: v.GenericSchema<unknown, PlanFile> = fields({
  form: v.literal(FORM, `the form ${FORM}`),
  id: HASH,
  product: v.string(),
  options: PLAN_OPTIONS,
  size: positive,
  items: positive,
  dataset: fields({
    source: v.string(),
    root: v.string(),
    categories: texts,
    splits: texts,
    notes: texts,
    limit: v.exactOptional(positive),
  } satisfies Form<PlanFile['dataset']>),
  version: VERSION,
} satisfies Form<PlanFile>);

/** Images from one position in the plan up to, and without, another; all are of one shard. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** All that a queue has to carry. */
export const SHARD_JOB = fields({ plan: HASH, shard: whole, from: whole, to: positive });
/** A part of a shard to be computed: all of it, or a half of a part on which workers have died. */
export type ShardJob = v.InferOutput<typeof SHARD_JOB>;

/** Who has computed a shard: between kinds of processors and devices the last bits may differ. */
export const WORKER = fields({ processor: v.string(), device: v.string() });
export type Worker = v.InferOutput<typeof WORKER>;

/** The head of a shard's result. */
export const COMMIT = fields({
  form: v.literal(FORM, `the form ${FORM}`),
  plan: HASH,
  shard: whole,
  from: whole,
  to: positive,
  worker: WORKER,
  /** How many of its images have no row but an error. */
  failed: whole,
  /** Why maps of images with a row are missing, if any are: the first reason. */
  lacking: v.exactOptional(fields({ maps: positive, reason: v.string() })),
  /** Bytes of the rows as text. */
  text: whole,
  /** Bytes of the numbers behind them. */
  numbers: whole,
  /** Of the text and the numbers. */
  hash: HASH,
});
export type Commit = v.InferOutput<typeof COMMIT>;

export const sizeOf = ({ from, to }: Range): number => to - from;
