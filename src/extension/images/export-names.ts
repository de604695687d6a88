/** File names of exports. Pure. */
import type { Explanation } from '../../protocol/explanation';
import type { RenderKind } from '../../protocol/requests';

interface ExportKind {
  readonly title: string;
  readonly fileType: string;
  readonly extension: string;
  /**
   * Text between the method and the extension, so that two kinds of exports with the same extension get different
   * names.
   */
  readonly infix: string;
}

export const EXPORTS: Readonly<Record<RenderKind, ExportKind>> = {
  overlay: { title: 'Export Overlay', fileType: 'PNG image', extension: 'png', infix: '.overlay' },
  heatmap: { title: 'Export Heatmap', fileType: 'PNG image', extension: 'png', infix: '.heatmap' },
  npy: { title: 'Export Saliency as NumPy Array', fileType: 'NumPy array', extension: 'npy', infix: '' },
  'npy-image': {
    title: "Export Saliency at the Image's Size as NumPy Array",
    fileType: 'NumPy array',
    extension: 'npy',
    infix: '.image',
  },
  json: { title: 'Export Explanation as JSON', fileType: 'JSON', extension: 'json', infix: '' },
};

/** The longest part of a class's name in a file name, in characters. */
const LONGEST = 40;

/** The file name: the image's name without extension, the class, and the method. */
export function exportName(
  image: string,
  kind: RenderKind,
  { label, class: index, method }: Pick<Explanation, 'label' | 'class' | 'method'>,
): string {
  const stem = image.replace(/\.[^.]+$/, '');
  const { infix, extension } = EXPORTS[kind];
  return `${stem}.${inFileName(label) || index}.${method}${infix}.${extension}`;
}

/**
 * Keeps letters and numbers of any script. Anything between them is replaced by one underscore, since some systems do
 * not allow other characters.
 */
function inFileName(label: string): string {
  const words = label.normalize('NFC').match(/[\p{L}\p{M}\p{N}-]+/gu) ?? [];
  return Array.from(words.join('_')).slice(0, LONGEST).join('');
}
