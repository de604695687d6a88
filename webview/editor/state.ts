/** How messages change what a panel shows, and what the page keeps. Pure. */
import * as v from 'valibot';
import { fields, finite, lenient } from '../../src/core/schema';
import { type EditorState, HEAT_STYLE, type Slot, type SlotState, type ToEditor } from '../../src/protocol/webview';
import { WALKED, type Walk } from './curves/walk';
import type { Viewport } from './stage/viewport';

const VIEWPORT = v.object({
  zoom: v.union([v.literal('fit'), v.pipe(finite, v.gtValue(0))]),
  x: finite,
  y: finite,
}) satisfies v.GenericSchema<unknown, Viewport>;

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const WALK = v.object({
  metric: v.picklist(WALKED),
  fraction,
  shown: v.boolean(),
}) satisfies v.GenericSchema<unknown, Walk>;

/**
 * What the page keeps itself while it is hidden; everything else is sent again by the host. Each is read for itself: what
 * a page of another version has kept otherwise counts as not kept.
 */
export const SAVED = fields({
  /** Set once the user has changed it; for a host that was loaded again with the window. */
  style: lenient(HEAT_STYLE),
  focused: lenient(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  /** The image alone is shown. */
  original: lenient(v.boolean()),
  viewport: lenient(VIEWPORT),
  /** Where the divider between the image alone and the image with heat is, as a fraction of a view's width. */
  swipe: lenient(fraction),
  /** The pane that is shown in the place of all. */
  enlarged: lenient(v.string()),
  /** The host's own text, kept as it is. */
  restore: lenient(v.string()),
  /** What the host says is asked, to be given back to it. */
  questions: lenient(v.string()),
  /** How good the maps are is shown beside them. */
  measuring: lenient(v.boolean()),
  walk: lenient(WALK),
});
export type Saved = Readonly<v.InferOutput<typeof SAVED>>;

const LOADING: SlotState = { kind: 'working', text: 'Loading the image', done: 0, total: 0 };

export type Overall = 'working' | 'done' | 'failed' | 'cancelled' | 'empty';

export type Change = Extract<ToEditor, { type: 'state' | 'image' | 'changed' | 'slot' | 'tiles' | 'evidence' }>;

/** The state after a message; undefined while the host has not sent one whole. */
export function changed(state: EditorState | undefined, message: Change): EditorState | undefined {
  if (message.type === 'state') return message.state;
  if (!state) return undefined;
  switch (message.type) {
    case 'image': {
      // Members without a value are not sent, so nothing of the image before may stay.
      const { questions, strip, style, focused, demo } = state;
      return { questions, strip, style, focused, demo, ...message.image };
    }
    case 'changed':
      return { ...state, ...message.change };
    case 'tiles': {
      const strip = state.strip.slice();
      for (const tile of message.tiles) strip[tile.index] = { ...strip[tile.index]!, state: tile.state };
      return { ...state, strip };
    }
    case 'evidence': {
      const { index } = message;
      const parts = Object.entries({ ...state.evidence[index], ...message.evidence }).filter(([, part]) => part);
      return { ...state, evidence: state.evidence.with(index, Object.fromEntries(parts)) };
    }
    case 'slot':
      return { ...state, slots: state.slots.with(message.index, message.slot) };
  }
}

/** One word for all slots: work that goes on comes first, then what needs attention. */
export function overall(slots: readonly Slot[]): Overall {
  const kinds = slots.map(({ state }) => state.kind);
  return (['working', 'failed', 'cancelled', 'done'] as const).find((kind) => kinds.includes(kind)) ?? 'empty';
}

const unseen = new WeakMap<Slot, Slot>();

/**
 * What may be told of a slot before the picture is there: neither heat, which would stand on black, nor an outcome. The
 * same slot gives the same object.
 */
export function beforePicture(slot: Slot): Slot {
  let found = unseen.get(slot);
  if (!found) {
    const { title, state } = slot;
    found = { title, state: state.kind === 'done' ? LOADING : state };
    unseen.set(slot, found);
  }
  return found;
}
