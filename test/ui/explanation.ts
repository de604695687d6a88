/** What our pages show: state, classes, and the heat read back from the canvas. */
import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { readCanvas } from '../support/canvas';
import type { FloatMap } from '../support/maps';
import { until } from '../support/wait';
import {
  classesFrame,
  closeAllEditors,
  editorFrame,
  expand,
  explainFromExplorer,
  explorerRow,
  showExplorer,
  showSidePanel,
} from './workbench';

export type State = 'working' | 'done' | 'failed' | 'cancelled' | 'empty';

/** Waits until the editor is in one of some states and tells which. */
export async function settled(page: Page, states: readonly State[] = ['done', 'failed']): Promise<State> {
  const selector = states.map((state) => `body[data-state="${state}"]`).join(', ');
  const body = editorFrame(page).locator(selector);
  await body.waitFor({ state: 'attached' });
  return (await body.getAttribute('data-state')) as State;
}

/** Does what leads away from a state, and waits until the page has left it: it would else be taken for what comes of it. */
export async function leaving(page: Page, state: State, act: () => Promise<unknown>): Promise<void> {
  const body = editorFrame(page).locator(`body[data-state]:not([data-state="${state}"])`);
  await act();
  await body.waitFor({ state: 'attached' });
}

/** Waits until the editor shows the finished map of a class; undefined: of any. */
export async function explained(page: Page, index?: number): Promise<void> {
  const pane = index === undefined ? '[data-class]' : `[data-class="${index}"]`;
  const done = editorFrame(page).locator(`body[data-state="done"] [data-testid="pane-0"]${pane}`);
  const failed = editorFrame(page).locator('body[data-state="failed"]');
  await done.or(failed).first().waitFor({ state: 'attached' });
  if (await failed.count()) assert.fail(`not explained: ${await stateLine(page)}`);
}

/** Closes what is open, explains a scene of the demo from the Explorer, and waits for its map. */
export async function explainScene(page: Page, name: string): Promise<void> {
  await closeAllEditors(page);
  await showExplorer(page);
  await expand(page, 'scenes');
  await explainFromExplorer(page, explorerRow(page, name));
  await explained(page);
}

/** Waits until the work on the evidence for a map, under the image, is at a stage. */
export async function reached(page: Page, name: 'measure' | 'sanity', kind: string): Promise<void> {
  const state = editorFrame(page)
    .locator(`.work-line[data-kind="${kind}"]`)
    .filter({ has: editorFrame(page).getByTestId(`${name}-state`) });
  await state.waitFor({ state: 'attached' });
}

export const stateLine = (page: Page): Promise<string> =>
  editorFrame(page)
    .getByTestId('state-line')
    .textContent()
    .then((text) => text ?? '');

/** Chooses a class in the Classes view, by way of its search, and waits for its map. */
export async function chooseClass(page: Page, index: number, label: string): Promise<void> {
  await showSidePanel(page);
  const frame = classesFrame(page);
  await frame.locator('body[data-state="ready"]').waitFor({ state: 'attached' });
  const row = frame.getByTestId(`class-${index}`);
  await searchClasses(page, (await row.isVisible()) ? '' : label);
  await row.click();
  await explained(page, index);
}

/** Writes into the search of the Classes view; an empty text shows all. */
export async function searchClasses(page: Page, text: string): Promise<void> {
  await classesFrame(page).getByTestId('search').locator('input').fill(text);
}

/** Intensity 0 to 1 of each pixel of the heat, with the grey colormap; opacity is not in the canvas. */
export interface Heat {
  readonly width: number;
  readonly height: number;
  readonly value: readonly number[];
  readonly visible: readonly boolean[];
}

export async function readHeat(page: Page, id = '0'): Promise<Heat> {
  const canvas = editorFrame(page).getByTestId(`heat-${id}`);
  // A map that was computed before may be done before the image that it is painted over is loaded.
  await until('the heat is painted', () =>
    canvas.evaluate((element) => (element as HTMLCanvasElement).width > 1 && !('painting' in document.body.dataset)),
  );
  const { width, height, rgba } = await readCanvas(canvas);
  const pixels = Array.from({ length: width * height }, (_, i) => 4 * i);
  return {
    ...{ width, height },
    value: pixels.map((at) => rgba[at]! / 255),
    visible: pixels.map((at) => rgba[at + 3]! > 0),
  };
}

/** The heat where a network looked that sees the centre, 224 x 224, of an image scaled to 256 at its shorter side. */
export function centreCrop({ width, height, value, visible }: Heat): FloatMap {
  const size = Math.round((Math.min(width, height) * 224) / 256);
  const [left, top] = [Math.round((width - size) / 2), Math.round((height - size) / 2)];
  const cropped = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (top + y) * width + left + x;
      assert.ok(visible[at] || x < 2 || y < 2 || x > size - 3 || y > size - 3, `no heat at ${x}, ${y} of the crop`);
      cropped[y * size + x] = value[at]!;
    }
  }
  assert.equal(visible[0], false, 'heat where the network did not look');
  return { width: size, height: size, value: cropped };
}

/**
 * Where the heat is greatest, as fractions of the image: the centre of the pixels that share the maximum, for levels are
 * few and the outermost cells of a map reach up to the border.
 */
export function maximum({ width, height, value }: Heat): { x: number; y: number } {
  const max = value.reduce((a, b) => Math.max(a, b), 0);
  assert.ok(max > 0, 'the heat is blank');
  const at = value.flatMap((width, i) => (width === max ? [i] : []));
  const mean = (coordinate: (i: number) => number) => at.reduce((sum, i) => sum + coordinate(i) + 0.5, 0) / at.length;
  return { x: mean((i) => i % width) / width, y: mean((i) => Math.floor(i / width)) / height };
}
