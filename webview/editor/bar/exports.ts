/** The exports that a slot offers. */
import type { RenderKind } from '../../../src/protocol/requests';
import type { MenuItem } from '../../widgets/menu';

const KINDS: Readonly<Record<RenderKind, string>> = {
  overlay: 'Overlay (PNG)',
  heatmap: 'Heatmap (PNG)',
  npy: 'Saliency (NumPy)',
  'npy-image': 'Saliency at the image’s size (NumPy)',
  json: 'Facts (JSON)',
};

/** The menu items; empty unless the slot is finished. */
export function exportItems(isDone: boolean, slot: number, save: (kind: RenderKind) => void): MenuItem[] {
  if (!isDone) return [];
  const kinds = Object.entries(KINDS) as [RenderKind, string][];
  return kinds.map(([kind, label]) => ({ label, testId: `export-${kind}-${slot}`, run: () => save(kind) }));
}
