/** How messages change what a panel shows. Pure. */
import type { EditorState, Evidence, HeatStyle, Slot, ToEditor } from '../../src/protocol/webview';
import type { Viewport } from './viewport';
import type { Walk } from './walk';

/** What the page keeps itself while it is hidden; everything else is sent again by the host. */
export interface Saved {
  /** Set once the user has changed it. */
  readonly style?: HeatStyle;
  readonly viewport?: Viewport;
  /** The host's own text, kept as it is. */
  readonly restore?: string;
  /** What the host says is asked, to be given back to it. */
  readonly questions?: string;
  /** How good the maps are is shown beside them. */
  readonly measuring?: boolean;
  readonly walk?: Walk;
}

export type Overall = 'working' | 'done' | 'failed' | 'cancelled' | 'empty';

type Change = Extract<ToEditor, { type: 'state' | 'slot' | 'strip' | 'evidence' }>;

/** The state after a message; undefined while the host has not sent one whole. */
export function changed(state: EditorState | undefined, message: Change): EditorState | undefined {
  if (message.type === 'state') return message.state;
  if (!state) return undefined;
  if (message.type === 'strip') return { ...state, strip: message.strip, active: message.active };
  if (message.type === 'evidence') {
    const evidence = state.evidence.slice();
    evidence[message.index] = { ...evidence[message.index], ...message.evidence } as Evidence;
    return { ...state, evidence };
  }
  const slots = state.slots.slice();
  slots[message.index] = message.slot;
  return { ...state, slots };
}

/** One word for all slots: work that goes on comes first, then what needs attention. */
export function overall(slots: readonly Slot[]): Overall {
  const kinds = slots.map(({ state }) => state.kind);
  return (['working', 'failed', 'cancelled', 'done'] as const).find((kind) => kinds.includes(kind)) ?? 'empty';
}
