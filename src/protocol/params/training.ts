/** Schemas of what a training is asked. */
import * as v from 'valibot';
import type { Cells } from '../../core/clusters/cells';
import { type Form, fields, finite } from '../../core/schema';
import {
  ARMS,
  BALANCES,
  type Pasted,
  type Provenance,
  type RepairChoice,
  type Training,
  type TrainingEpoch,
  type TrainingImage,
  type TrainingOptions,
  WATCHED,
} from '../training';

const text = v.string();
const optional = v.exactOptional;
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.minValue(Number.MIN_VALUE));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const TRAINING_OPTIONS = fields({
  arm: v.picklist(ARMS),
  epochs: count,
  rate: positive,
  batch: count,
  momentum: share,
  weightDecay: v.pipe(v.number(), v.finite(), v.minValue(0)),
  groups: count,
  balance: v.picklist(BALANCES),
  augment: v.boolean(),
  /** Missing in trainings of before there was the choice. */
  keep: v.optional(share, 0),
  heat: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 0),
  headFirst: v.optional(v.boolean(), false),
  seed: whole,
} satisfies Form<TrainingOptions>);

/** JSON has null for what is no number, such as a loss that has run away. */
export const jsonNumber = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);

/** An epoch as it is kept as JSON, in a run file and in what a training needs to go on. */
export const TRAINING_EPOCH = fields({
  epoch: whole,
  step: whole,
  loss: jsonNumber,
  train: fields({ accuracy: jsonNumber }),
  heldOut: fields({ loss: jsonNumber, accuracy: jsonNumber }),
  seconds: finite,
  notes: v.array(text),
} satisfies Form<TrainingEpoch>);

export const CELLS = fields({
  height: v.number(),
  width: v.number(),
  chosen: v.instance(Uint8Array),
} satisfies Form<Cells>);

const pasted = fields({
  from: optional(text),
  cells: v.pipe(
    CELLS,
    v.check(
      ({ height, width, chosen }) => height >= 1 && width >= 1 && chosen.length === height * width,
      'height x width cells',
    ),
  ),
} satisfies Form<Pasted>);

const images = v.array(
  fields({
    id: whole,
    path: text,
    truth: v.array(whole),
    group: optional(whole),
    pasted: optional(pasted),
    suspect: optional(v.boolean()),
  } satisfies Form<TrainingImage>),
);

/** To be spread into the fields of the engine's request. */
export const TRAINING_FIELDS = {
  train: images,
  heldOut: images,
  watched: images,
  options: TRAINING_OPTIONS,
  provenance: fields({ dataset: text, train: text, heldOut: text } satisfies Form<Provenance>),
  output: text,
  checkpoint: text,
  finish: optional(v.boolean()),
} satisfies Form<Training>;

/** To be spread into the fields of the runner's request, and into what a run file keeps. */
export const REPAIR_FIELDS = {
  train: text,
  heldOut: text,
  options: TRAINING_OPTIONS,
  pasted: v.boolean(),
  watched: v.pipe(v.array(whole), v.maxLength(WATCHED)),
  output: text,
} satisfies Form<RepairChoice>;
