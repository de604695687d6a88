/** Schemas of the parameters of all requests to the runner. */
import * as v from 'valibot';
import { type Form, fields } from '../../core/schema';
import { CLUSTERED_BY } from '../clusters';
import { EXPORTS, type SavedView, type Selection } from '../dataset';
import type { RunnerRequests } from '../runner';
import type { ParamsTable } from '../table';
import { device, methodChoice, modelChoice } from './choices';
import { REPAIR_FIELDS } from './training';

type Params<N extends keyof RunnerRequests> = RunnerRequests[N]['params'];

const number = v.number();
const numbers = v.array(number);
const text = v.string();
const flag = v.boolean();
const optional = v.exactOptional;

const of = { run: text };
const under = { run: text, version: number };
const by = v.picklist(CLUSTERED_BY);
const pair = { a: number, b: number };
const ofRepair = { ...of, repair: number };
const ofWork = fields({ ...of, work: number } satisfies Form<Params<'pause'>>);
const selection = fields({
  list: number,
  ranges: optional(v.array(v.tuple([number, number]))),
} satisfies Form<Selection>);

export const RUNNER_PARAMS: ParamsTable<RunnerRequests> = {
  prepare: fields({
    ...of,
    source: text,
    models: v.array(modelChoice),
    mapping: optional(text),
    limit: optional(number),
  } satisfies Form<Params<'prepare'>>),
  open: fields(of),
  close: fields(of),
  follow: fields(of),
  list: fields({ ...under, query: text, first: number } satisfies Form<Params<'list'>>),
  rows: fields({ ...under, list: number, from: number, count: number } satisfies Form<Params<'rows'>>),
  row: fields({ ...under, item: number, list: optional(number) } satisfies Form<Params<'row'>>),
  pictures: fields({ ...under, items: numbers, maps: flag } satisfies Form<Params<'pictures'>>),
  histograms: fields({ ...under, query: text, bins: number } satisfies Form<Params<'histograms'>>),
  classes: fields(under),
  atlas: fields({ ...under, by: v.picklist(['true', 'predicted']), indices: numbers } satisfies Form<Params<'atlas'>>),
  sweep: fields({ ...under, device } satisfies Form<Params<'sweep'>>),
  distribute: fields({
    ...of,
    what: v.union([
      fields({ source: text, model: modelChoice, mapping: optional(text), limit: optional(number) }),
      fields({ version: number }),
    ]),
    maps: optional(fields({ method: methodChoice, for: v.picklist(['all', 'wrong']) })),
    size: optional(number),
    shared: text,
    queue: text,
  } satisfies Form<Params<'distribute'>>),
  compute: fields({
    ...under,
    device,
    method: methodChoice,
    of: v.union([selection, v.picklist(['all', 'wrong'])]),
  } satisfies Form<Params<'compute'>>),
  findClusters: fields({ ...under, device, by, classes: optional(numbers) } satisfies Form<Params<'findClusters'>>),
  clusters: fields({ ...under, by } satisfies Form<Params<'clusters'>>),
  scatter: fields({ ...under, set: text } satisfies Form<Params<'scatter'>>),
  compare: fields({ ...of, ...pair } satisfies Form<Params<'compare'>>),
  shifts: fields({ ...of, ...pair, items: numbers } satisfies Form<Params<'shifts'>>),
  findShift: fields({ ...of, ...pair, device } satisfies Form<Params<'findShift'>>),
  trend: fields(of),
  watch: fields({ ...of, device } satisfies Form<Params<'watch'>>),
  mapClasses: fields(under),
  nameVersion: fields({ ...under, name: text } satisfies Form<Params<'nameVersion'>>),
  pinVersion: fields({ ...under, pinned: flag } satisfies Form<Params<'pinVersion'>>),
  removeVersion: fields(under),
  repair: fields({ ...under, ...REPAIR_FIELDS, device } satisfies Form<Params<'repair'>>),
  repairs: fields(of),
  repairMaps: fields(ofRepair),
  goOn: fields({ ...ofRepair, device } satisfies Form<Params<'goOn'>>),
  finishRepair: fields(ofRepair),
  removeRepair: fields(ofRepair),
  accuracyByGroup: fields({ ...of, ...pair } satisfies Form<Params<'accuracyByGroup'>>),
  pause: ofWork,
  resume: ofWork,
  cancel: ofWork,
  show: fields({ ...under, items: numbers } satisfies Form<Params<'show'>>),
  tag: fields({ ...under, of: selection, tag: text, on: flag } satisfies Form<Params<'tag'>>),
  undo: fields(of),
  tagKey: fields({ ...of, tag: text, key: optional(text) } satisfies Form<Params<'tagKey'>>),
  saveView: fields({ ...of, view: fields({ name: text, query: text } satisfies Form<SavedView>) } satisfies Form<
    Params<'saveView'>
  >),
  removeView: fields({ ...of, name: text } satisfies Form<Params<'removeView'>>),
  export: fields({ ...under, of: selection, kind: v.picklist(EXPORTS), output: text } satisfies Form<Params<'export'>>),
  importTags: fields({ ...of, file: text } satisfies Form<Params<'importTags'>>),
};
