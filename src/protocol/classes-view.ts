/** Messages between the extension and the Classes view; the direction is in the type's name. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Everything the Classes view shows. */
export interface ClassesState {
  readonly model: string;
  readonly demo: boolean;
  readonly activation: string;
  readonly labels: readonly string[];
  /** p of every class on the active image, when it is known. */
  readonly probabilities: Float32Array | undefined;
  /** The image that a click explains; undefined when no explanation is open. */
  readonly image: string | undefined;
  /** Classes shown now: one, or those that are compared. */
  readonly shown: readonly number[];
  /** A line in place of the list: what is missing and what to do. */
  readonly message: string | undefined;
}

export type ToClasses = { readonly type: 'state'; readonly state: ClassesState };

export const FROM_CLASSES = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('explain'), class: count }),
  /** The image that comes with the demo model. */
  v.object({ type: v.literal('open-demo') }),
  /** Ticked classes are compared. */
  v.object({ type: v.literal('compare'), classes: v.pipe(v.array(count), v.maxLength(100_000), v.readonly()) }),
]);
export type FromClasses = v.InferOutput<typeof FROM_CLASSES>;
