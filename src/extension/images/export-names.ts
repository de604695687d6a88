/** What each kind of export is called. Pure. */
import type { Explanation } from '../../protocol/explanation';
import type { RenderKind } from '../../protocol/requests';

interface ExportKind {
  readonly title: string;
  readonly fileType: string;
  readonly extension: string;
  /** Between the method and the extension, so that two kinds of the same type don't share a name. */
  readonly infix: string;
}

export const EXPORTS: Readonly<Record<RenderKind, ExportKind>> = {
  overlay: { title: 'Export Overlay', fileType: 'PNG image', extension: 'png', infix: '.overlay' },
  heatmap: { title: 'Export Heatmap', fileType: 'PNG image', extension: 'png', infix: '.heatmap' },
  npy: { title: 'Export Saliency as NumPy Array', fileType: 'NumPy array', extension: 'npy', infix: '' },
  json: { title: 'Export Explanation as JSON', fileType: 'JSON', extension: 'json', infix: '' },
};

/** Characters of a class in a file's name. */
const LONGEST = 40;

/** The image's stem, the class, the method. */
export function exportName(
  image: string,
  kind: RenderKind,
  { label, class: index, method }: Pick<Explanation, 'label' | 'class' | 'method'>,
): string {
  const stem = image.replace(/\.[^.]+$/, '');
  const { infix, extension } = EXPORTS[kind];
  return `${stem}.${inFileName(label) || index}.${method}${infix}.${extension}`;
}

/** Letters and numbers of any script; what lies between them, which some system may not take, is one underscore. */
function inFileName(label: string): string {
  const words = label.normalize('NFC').match(/[\p{L}\p{M}\p{N}-]+/gu) ?? [];
  return Array.from(words.join('_')).slice(0, LONGEST).join('');
}
