/** What can be saved of a slot. */
import type { RenderKind } from '../../../src/protocol/requests';
import type { Slot } from '../../../src/protocol/webview';
import type { MenuItem } from './menu';

const KINDS: Readonly<Record<RenderKind, string>> = {
  overlay: 'Overlay (PNG)',
  heatmap: 'Heatmap (PNG)',
  npy: 'Saliency (NumPy)',
  json: 'Facts (JSON)',
};

/** Nothing unless it is done. */
export function exportItems(slot: Slot | undefined, index: number, save: (kind: RenderKind) => void): MenuItem[] {
  if (slot?.state.kind !== 'done') return [];
  const kinds = Object.entries(KINDS) as [RenderKind, string][];
  return kinds.map(([kind, label]) => ({ label, testId: `export-${kind}-${index}`, run: () => save(kind) }));
}
