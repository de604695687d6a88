/** What would go wrong with a repair, and what is worth knowing of it, in words under its fields. Pure. */
import {
  boundsText,
  isWithin,
  NUMBER_NAMES,
  TRAINING_NUMBERS,
  type TrainingNumber,
} from '../../../../src/protocol/params/training-options';
import { placeOf } from '../../query/fault';
import { plural, whole } from '../../texts';
import type { Draft } from '../draft';

/** What the run file says of a query of the form. */
export type Found =
  | {
      readonly count: number;
      /** How many of them have no class. */
      readonly unlabelled: number;
      /** Their class, if all have the same. */
      readonly only?: string;
    }
  | { readonly fault: string };

export interface Facts {
  /** The queries that the facts are of. */
  readonly of: Pick<Draft, 'train' | 'heldOut' | 'watch'>;
  readonly train: Found;
  /** Undefined where a part of the training images is held out. */
  readonly heldOut?: Found;
  /** How many images are trained on and held out; undefined if it is not known. */
  readonly both?: number;
  readonly watch?: { readonly items: readonly number[]; readonly count: number } | { readonly fault: string };
}

/** What is said under a field. */
export interface Remark {
  readonly text: string;
  /** The repair can't begin. */
  readonly isFault: boolean;
}

export type Field = 'train' | 'heldOut' | 'watch' | 'output' | TrainingNumber;
export type Remarks = Readonly<Partial<Record<Field, Remark>>>;

const fault = (text: string): Remark => ({ text, isFault: true });
const note = (text: string): Remark => ({ text, isFault: false });

/** Rates above this have made networks diverge whose normalisation is folded into their weights (docs/finetune.md). */
const HIGH_RATE = 5e-3;
/** A share for holding out needs some images on each side. */
const FEWEST = 10;

/** @param output why the file can't be written; undefined if it can */
export function remarksOf(draft: Draft, facts: Facts | undefined, output: string | undefined): Remarks {
  return {
    ...(facts && {
      ...remark('train', trainRemark(facts)),
      ...remark('heldOut', heldOutRemark(facts)),
      ...remark('watch', watchRemark(facts)),
    }),
    ...remark('output', outputRemark(draft.output, output)),
    ...Object.assign({}, ...NUMBER_NAMES.map((name) => remark(name, numberRemark(name, draft)))),
  };
}

const remark = (field: Field, found: Remark | undefined): Remarks => (found ? { [field]: found } : {});

export const faultsOf = (remarks: Remarks): readonly Field[] =>
  (Object.keys(remarks) as Field[]).filter((field) => remarks[field]!.isFault);

/** The fault of a query, without the query itself, which is in the field above. */
const queryFault = (query: string, message: string) => fault(placeOf(query, message).reason);

function trainRemark({ of, train, heldOut }: Facts): Remark {
  if ('fault' in train) return queryFault(of.train, train.fault);
  const { count, unlabelled, only } = train;
  const labelled = count - unlabelled;
  if (count === 0) return fault('No image matches.');
  if (labelled === 0) return fault('None of these images has a class, so there is nothing to learn from.');
  if (only !== undefined) return fault(`All of these images are of one class, ${only}. Training needs two at least.`);
  if (!heldOut && labelled < FEWEST) {
    return fault(`${plural(labelled, 'image')} with a class: too few to hold out a fifth of them. Name others below.`);
  }
  const rest =
    unlabelled > 0
      ? `; ${plural(unlabelled, 'image has', 'images have')} no class and ${unlabelled === 1 ? 'is' : 'are'} left out`
      : '';
  return note(`${plural(labelled, 'image')}${rest}.`);
}

function heldOutRemark({ of, train, heldOut, both }: Facts): Remark {
  const trained = 'count' in train ? train.count - train.unlabelled : 0;
  if (!heldOut) {
    return note(
      trained > 0
        ? `A fifth of them, about ${whole(Math.round(trained / 5))}: these are not trained on. Equal files stay together.`
        : 'A fifth of the training images, which is not trained on.',
    );
  }
  if ('fault' in heldOut) return queryFault(of.heldOut, heldOut.fault);
  const { count, unlabelled } = heldOut;
  if (count === unlabelled) return fault(count === 0 ? 'No image matches.' : 'None of these images has a class.');
  const overlap = both
    ? ` ${plural(both, 'image')} of the training images ${both === 1 ? 'is' : 'are'} among them, and ${both === 1 ? 'is' : 'are'} not trained on.`
    : '';
  if (both && both >= trained) return fault('All training images are held out, so none is left to train on.');
  return note(`${plural(count - unlabelled, 'image')}.${overlap}`);
}

function watchRemark({ of, watch }: Facts): Remark {
  if (!watch) return note('Some of the most suspicious cluster, if there is one, and some others.');
  if ('fault' in watch) return queryFault(of.watch, watch.fault);
  const { items, count } = watch;
  if (count === 0) return fault('No image matches.');
  return note(
    items.length < count ? `The first ${items.length} of ${whole(count)} images.` : `${plural(count, 'image')}.`,
  );
}

function outputRemark(output: string, reason: string | undefined): Remark | undefined {
  if (output === '') return fault('Choose a file for the new model.');
  return reason === undefined ? undefined : fault(reason);
}

function numberRemark(name: TrainingNumber, draft: Draft): Remark | undefined {
  const option = TRAINING_NUMBERS[name];
  if (!option.arms.includes(draft.arm)) return undefined;
  const text = draft[name];
  const value = Number(text);
  if (text.trim() === '' || !isWithin(option, value)) {
    const bounds = boundsText(option);
    return fault(`${bounds[0]!.toUpperCase()}${bounds.slice(1)}.`);
  }
  if (name === 'rate' && value > HIGH_RATE) {
    return note('A high rate: networks whose normalisation is part of their weights diverge at 0.01.');
  }
  return undefined;
}
