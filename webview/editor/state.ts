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
 * The state that the page itself saves while it is hidden; the host sends everything else again. Each value is
 * validated separately, and values of another version's form are ignored.
 */
export const SAVED = fields({
  /** Set after the user has changed the style, for a host that was loaded again with the window. */
  style: lenient(HEAT_STYLE),
  focused: lenient(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  /** True if only the image is shown. */
  original: lenient(v.boolean()),
  viewport: lenient(VIEWPORT),
  /** Where the divider between the image alone and the image with heat is, as a fraction of a view's width. */
  swipe: lenient(fraction),
  /** The pane that is shown instead of all. */
  enlarged: lenient(v.string()),
  /** The host's own text, kept as it is. */
  restore: lenient(v.string()),
  /** The host's text of the requested explanations, which is returned to it. */
  questions: lenient(v.string()),
  /** True if the measurements are shown beside the image. */
  measuring: lenient(v.boolean()),
  walk: lenient(WALK),
});
export type Saved = Readonly<v.InferOutput<typeof SAVED>>;

const LOADING: SlotState = { kind: 'working', text: 'Loading the image', done: 0, total: 0 };

export type Overall = 'working' | 'done' | 'failed' | 'cancelled' | 'empty';

export type Change = Extract<ToEditor, { type: 'state' | 'image' | 'changed' | 'slot' | 'tiles' | 'assessment' }>;

/** The state after a message; undefined until the host has sent a whole state. */
export function changed(state: EditorState | undefined, message: Change): EditorState | undefined {
  if (message.type === 'state') return message.state;
  if (!state) return undefined;
  switch (message.type) {
    case 'image': {
      // Undefined members are not sent, so the members of the image before must be removed.
      const { questions, strip, style, focused, demo, restore } = state;
      const kept = { questions, strip, style, focused, demo, ...(restore !== undefined && { restore }) };
      return { ...kept, ...message.image };
    }
    case 'changed':
      return { ...state, ...message.change };
    case 'tiles': {
      const strip = state.strip.slice();
      for (const tile of message.tiles) strip[tile.index] = { ...strip[tile.index]!, state: tile.state };
      return { ...state, strip };
    }
    case 'assessment': {
      const { index } = message;
      const parts = Object.entries({ ...state.assessment[index], ...message.assessment }).filter(([, part]) => part);
      return { ...state, assessment: state.assessment.with(index, Object.fromEntries(parts)) };
    }
    case 'slot':
      return { ...state, slots: state.slots.with(message.index, message.slot) };
  }
}

/** One word for the state of all slots: running work takes precedence, then what needs attention. */
export function overall(slots: readonly Slot[]): Overall {
  const kinds = slots.map(({ state }) => state.kind);
  return (['working', 'failed', 'cancelled', 'done'] as const).find((kind) => kinds.includes(kind)) ?? 'empty';
}

const unseen = new WeakMap<Slot, Slot>();

/**
 * What is shown of a slot before its picture is loaded: neither the heat, which would be drawn on black, nor the
 * result. The same slot gives the same object.
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
