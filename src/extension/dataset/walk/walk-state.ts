/** The text from which the tab of a walk is restored after a reload of the window. Pure. */
import * as v from 'valibot';
import { fields, read, readJson } from '../../../core/schema';
import type { ModelChoice } from '../../../protocol/requests';
import { MODEL_CHOICE } from '../../explanation/comparison';
import type { Place } from './walk';

export interface KeptWalk {
  readonly image: string;
  readonly run: string;
  readonly root: string;
  readonly model: ModelChoice;
  readonly place: Place;
  readonly truth?: string;
}

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const WALK = fields({
  walk: fields({
    image: v.string(),
    run: v.string(),
    root: v.string(),
    model: MODEL_CHOICE,
    place: fields({
      version: COUNT,
      query: v.string(),
      item: COUNT,
      position: v.exactOptional(COUNT),
      sides: v.exactOptional(v.pipe(v.tuple([COUNT, COUNT]), v.readonly())),
    }),
    truth: v.exactOptional(v.string()),
  }),
});

/** The list itself is left out: the runner forgets it with the window. */
export function walkText({ place: { list: _, ...place }, ...rest }: KeptWalk): string {
  return JSON.stringify({ walk: { ...rest, place } });
}

const SAVED = fields({ restore: v.string() });

/** Undefined if the state of the page is not that of a walk. */
export function readWalk(state: unknown): KeptWalk | undefined {
  const saved = read(SAVED, state);
  if ('flaw' in saved) return undefined;
  const found = readJson(WALK, saved.value.restore);
  return 'value' in found ? found.value.walk : undefined;
}
