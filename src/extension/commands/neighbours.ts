/** The next image and the next class, and the ones before. */
import * as vscode from 'vscode';
import { isImage } from '../../protocol/image-files';
import { withClass } from '../explanation/comparison';
import { nameOf } from '../images/targets';
import type { Panel } from '../panel/panel-types';
import { openExplanation } from './open';
import { classOrder, neighbourOf } from './orders';

type Direction = 1 | -1;

/** Shows the next image of the strip, or explains the next one of the image's folder, by name. At an end it stays. */
export async function showNeighbour(panel: Panel, by: Direction): Promise<void> {
  const [first] = panel.images;
  if (panel.images.length > 1) return panel.select(panel.state.active + by);
  if (!first || first.bytes) return;
  const folder = vscode.Uri.joinPath(first.uri, '..');
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const names = entries.flatMap(([name, type]) => ((type & vscode.FileType.File) !== 0 && isImage(name) ? [name] : []));
  const next = neighbourOf(names, nameOf(first.uri), by);
  if (next !== undefined) await openExplanation(vscode.Uri.joinPath(folder, next));
}

/** Explains the class that is next in the order of probabilities. At an end it stays. */
export async function explainNeighbour(panel: Panel, by: Direction): Promise<void> {
  const image = panel.state.images[panel.state.active];
  const shown = image?.slots[panel.state.focused]?.explanation?.class;
  if (!image?.probabilities || shown === undefined) return;
  const order = classOrder(image.probabilities);
  const index = order[order.indexOf(shown) + by];
  if (index === undefined) return;
  const { labels } = await panel.model.info();
  panel.explain(withClass(panel.wanted, { target: { index }, title: labels.value[index] ?? `class ${index}` }));
}
