/** A query of a run file, as its text means it: which rows, in which order, and how many at most. */

/** Numbers that a row has. `p` is the probability of the predicted class; measures of the map come after `entropy`. */
export const NUMBERS = ['p', 'loss', 'margin', 'entropy', 'border', 'spread', 'energy', 'agreement'] as const;
export type NumberName = (typeof NUMBERS)[number];

/** What is true or false of a row. Of a row that is not computed yet, all but `duplicate` are false. */
export const FLAGS = ['wrong', 'correct', 'failed', 'duplicate', 'hit', 'waiting'] as const;
export type Flag = (typeof FLAGS)[number];

export const COMPARISONS = ['<', '<=', '=', '!=', '>=', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Condition =
  /** With `in`: of the row of the same item under the version of that name. */
  | { readonly kind: 'flag'; readonly flag: Flag; readonly in?: string }
  /** False for rows whose number is unknown. */
  | { readonly kind: 'number'; readonly name: NumberName; readonly comparison: Comparison; readonly value: number }
  /** `name` is a label, a part of one between commas, or a category. The empty name is that of items without a class. */
  | { readonly kind: 'class'; readonly of: 'true' | 'predicted'; readonly is: boolean; readonly name: string }
  | { readonly kind: 'tag'; readonly is: boolean; readonly name: string }
  | { readonly kind: 'split'; readonly is: boolean; readonly name: string }
  /** The row is in the cluster of this name (see `ClusterInfo` in `protocol/clusters`). */
  | { readonly kind: 'cluster'; readonly is: boolean; readonly name: string }
  /** The row's place on the plane of a set of clusters lies in the polygon, whose corners are in 0 to 1. */
  | { readonly kind: 'lasso'; readonly is: boolean; readonly set: string; readonly corners: readonly Corner[] }
  /** How far the heat has moved from that of another version. False for rows whose shift is unknown. */
  | { readonly kind: 'shift'; readonly from: string; readonly comparison: Comparison; readonly value: number }
  /** The path, relative to the dataset's root, contains the text. */
  | { readonly kind: 'path'; readonly contains: boolean; readonly text: string }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] };

export type Corner = readonly [x: number, y: number];

export type Order =
  | { readonly by: NumberName | 'path'; readonly descending: boolean }
  | { readonly by: 'shift'; readonly from: string; readonly descending: boolean };

export interface Query {
  /** Without a condition: every row. */
  readonly where?: Condition;
  /** Without an order: by path. Rows whose number is unknown come last, and rows with the same number by path. */
  readonly order?: Order;
  readonly limit?: number;
}
