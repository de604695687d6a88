/** What each kind of export is called. Pure. */
import type { RenderKind } from '../protocol/webview';

interface ExportKind {
  readonly title: string;
  readonly fileType: string;
  readonly extension: string;
  /** Between the class and the extension, so that two kinds of the same type don't share a name. */
  readonly infix: string;
}

export const EXPORTS: Readonly<Record<RenderKind, ExportKind>> = {
  overlay: { title: 'Export Overlay', fileType: 'PNG image', extension: 'png', infix: '' },
  heatmap: { title: 'Export Heatmap', fileType: 'PNG image', extension: 'png', infix: '.heatmap' },
  npy: { title: 'Export Saliency as NumPy Array', fileType: 'NumPy array', extension: 'npy', infix: '' },
  json: { title: 'Export Explanation as JSON', fileType: 'JSON', extension: 'json', infix: '' },
};

/** As the command line names its files: the image's stem, then the class. */
export function exportName(image: string, kind: RenderKind, classIndex: number): string {
  const stem = image.replace(/\.[^.]+$/, '');
  const { infix, extension } = EXPORTS[kind];
  return `${stem}.${classIndex}${infix}.${extension}`;
}
