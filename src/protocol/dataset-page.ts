/**
 * Messages between the extension and the page of a run file; the direction is in the type's name. Messages of the page
 * are untrusted: each is checked by a schema, from which its type is derived.
 */
import * as v from 'valibot';
import { fields } from '../core/schema';
import type { HeatStyle } from '../core/style';
import { CLUSTERED_BY } from './clusters';
import type { RunInfo, VersionId, Work } from './dataset';
import { EXPORTS } from './dataset';
import type { PackedResults, PackedRows } from './packed/pack';
import { REPAIR_FIELDS } from './params/training';
import type { RunnerRequests } from './runner';
import type { RepairInfo } from './training';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const short = v.pipe(v.string(), v.maxLength(10_000));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const ids = v.pipe(v.array(whole), v.maxLength(2_000));
const ranges = v.pipe(v.array(v.tuple([whole, whole])), v.maxLength(10_000));
const selection = fields({ list: whole, ranges: v.exactOptional(ranges) });
const version = whole;
const by = v.picklist(CLUSTERED_BY);
/** A row in a list. */
const place = { version, item: whole, list: whole, position: whole, query: short };

/** What the page asks of the runner, by the runner's own names; the host adds the run file and passes it on. */
const ASKED = {
  list: fields({ version, query: short, first: whole }),
  rows: fields({ version, list: whole, from: whole, count: v.pipe(whole, v.maxValue(2_000)) }),
  row: fields({ version, item: whole, list: v.exactOptional(whole) }),
  pictures: fields({ version, items: ids, maps: v.boolean() }),
  histograms: fields({ version, query: short, bins: v.pipe(whole, v.maxValue(200)) }),
  classes: fields({ version }),
  atlas: fields({ version, by: v.picklist(['true', 'predicted']), indices: ids }),
  clusters: fields({ version, by }),
  scatter: fields({ version, set: short }),
  compare: fields({ a: version, b: version }),
  trend: fields({}),
  nameVersion: fields({ version, name }),
  pinVersion: fields({ version, pinned: v.boolean() }),
  /** The host adds the device. */
  repair: fields({ version, ...REPAIR_FIELDS }),
  goOn: fields({ repair: whole }),
  repairs: fields({}),
  repairMaps: fields({ repair: whole }),
  finishRepair: fields({ repair: whole }),
  accuracyByGroup: fields({ a: version, b: version }),
  pause: fields({ work: whole }),
  resume: fields({ work: whole }),
  cancel: fields({ work: whole }),
  show: fields({ version, items: ids }),
  tag: fields({ version, of: selection, tag: name, on: v.boolean() }),
  undo: fields({}),
  tagKey: fields({ tag: name, key: v.exactOptional(v.pipe(v.string(), v.regex(/^[a-z0-9]$/))) }),
  saveView: fields({ view: fields({ name, query: short }) }),
  removeView: fields({ name }),
} as const;
export type AskedName = keyof typeof ASKED;
export type AskedParams<N extends AskedName> = v.InferOutput<(typeof ASKED)[N]>;
export type AskedResult<N extends AskedName> = N extends keyof PackedResults
  ? PackedResults[N]
  : RunnerRequests[N]['result'];

export type Asked = { [N in AskedName]: { readonly name: N; readonly params: AskedParams<N> } }[AskedName];

const asked = v.variant(
  'name',
  // A table of schemas can't be typed as a tuple of its variants.
  Object.entries(ASKED).map(([key, params]) => v.object({ name: v.literal(key), params })) as never,
) as unknown as v.GenericSchema<unknown, Asked>;

export const PAGES = ['grid', 'classes', 'clusters', 'versions', 'repair'] as const;
export type PageName = (typeof PAGES)[number];

/** What the page keeps over a reload of the window; the host reads it back by this schema. */
export const PAGE_STATE = fields({
  page: v.optional(v.picklist(PAGES)),
  query: v.optional(short),
  version: v.optional(version),
  /** The versions that are compared, the earlier one first, if the user has chosen any. */
  compared: v.optional(v.tuple([version, version])),
  heat: v.optional(v.boolean()),
  /** What the form of a repair has, as texts; see the page. */
  draft: v.optional(v.record(short, short)),
  /** Width of a tile, in pixels. */
  tile: v.optional(v.pipe(v.number(), v.minValue(40), v.maxValue(512))),
});
export type PageState = v.InferOutput<typeof PAGE_STATE>;

export const FROM_DATASET_PAGE = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('ask'), id: v.string(), asked }),
  /** The page has shown or left something that the host's commands depend on. */
  v.object({
    type: v.literal('at'),
    version: v.optional(version),
    query: short,
    list: v.optional(whole),
    /** Rows of the list that are selected; empty if none is. */
    ranges,
    selected: whole,
  }),
  /** Opens the explanation of a row; with the list, so that the editor can walk through it. */
  v.object({ type: v.literal('explain'), ...place }),
  /** Starts or goes on with the sweep of a version; the host knows the device. */
  v.object({ type: v.literal('sweep'), version }),
  /** Starts to find clusters, or the shift between two versions; the host knows the device. */
  v.object({ type: v.literal('findClusters'), version, by, classes: v.optional(ids) }),
  v.object({ type: v.literal('findShift'), a: version, b: version }),
  /** The same by two versions, side by side. */
  v.object({ type: v.literal('sideBySide'), a: version, b: version, ...place }),
  /** The host asks whether this is meant. */
  v.object({ type: v.literal('removeVersion'), version }),
  /** Proposes a file for a version's repaired model, asks the user for one, or says whether the one that is written can be. */
  v.object({ type: v.literal('output'), version, output: v.optional(short), choose: v.optional(v.boolean()) }),
  /** The host asks whether this is meant. */
  v.object({ type: v.literal('removeRepair'), repair: whole }),
  /** Asks for better maps; the host asks for the method if none is named. */
  v.object({
    type: v.literal('compute'),
    version,
    of: v.union([selection, v.picklist(['all', 'wrong'])]),
    method: v.optional(v.literal('group-cam')),
  }),
  /** The host asks for the file. */
  v.object({ type: v.literal('export'), version, of: selection, kind: v.picklist(EXPORTS) }),
  v.object({ type: v.literal('copyPaths'), version, of: selection }),
  /** Lists the items again, and adds the current model as a version if it is another. */
  v.object({ type: v.literal('update') }),
  /** Opens the file that says which classes of the version's model the dataset's classes mean. */
  v.object({ type: v.literal('mapClasses'), version }),
  v.object({ type: v.literal('log'), text: short }),
  v.object({ type: v.literal('error'), message: short }),
]);
export type FromDatasetPage = v.InferOutput<typeof FROM_DATASET_PAGE>;

/** Commands of the host that the page carries out, from key bindings and the palette. */
export const PAGE_COMMANDS = [
  'heat',
  'larger',
  'smaller',
  'filter',
  'wrong',
  'undo',
  'grid',
  'classes',
  'clusters',
  'versions',
  'repairs',
  'repairStop',
  'repairGoOn',
  'selectAll',
  'open',
  'sideBySide',
  'clear',
] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

export type ToDatasetPage =
  /** The whole state; it comes first, and after each change of it. */
  | { readonly type: 'info'; readonly info: RunInfo }
  | { readonly type: 'work'; readonly work: readonly Work[] }
  | { readonly type: 'rows'; readonly version: VersionId; readonly done: number; readonly failed: number }
  | { readonly type: 'style'; readonly style: HeatStyle }
  | { readonly type: 'reply'; readonly id: string; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: string; readonly message: string }
  /** First rows of a list, before its reply. */
  | { readonly type: 'first'; readonly id: string; readonly rows: PackedRows }
  | { readonly type: 'command'; readonly command: PageCommand }
  /** Shows another query, such as a saved view that was clicked in the tree. */
  | { readonly type: 'query'; readonly query: string; readonly version?: VersionId }
  /** A version was added because the file of its model has changed. */
  | { readonly type: 'added'; readonly version: VersionId }
  /** Shows what changed from version a to version b. */
  | { readonly type: 'compare'; readonly a: VersionId; readonly b: VersionId }
  /** A repair was asked for, has gone on or has ended. */
  | { readonly type: 'repair'; readonly repair: RepairInfo }
  | { readonly type: 'repairRemoved'; readonly repair: number }
  /** Shows one of the repairs that there are. */
  | { readonly type: 'repairShown'; readonly repair: number }
  /** Opens the form of a repair for the rows of a query, such as a cluster or a tag; without one, for what is shown. */
  | { readonly type: 'repairOf'; readonly query?: string; readonly version?: VersionId }
  /** The file for a repaired model, and why it can't be that one. */
  | { readonly type: 'output'; readonly version: VersionId; readonly output: string; readonly fault?: string }
  /** The row that the explanation editor has walked to. */
  | { readonly type: 'walked'; readonly item: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The file can't be used; nothing else is shown. */
  | { readonly type: 'broken'; readonly message: string };
