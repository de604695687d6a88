/** The request `sheet`: images with their maps over them, on one picture. */
import { errors, toExplainError } from '../../core/errors';
import { outputsBeside } from '../../files/output';
import type { Params, RequestContext, Result, SheetTile } from '../../protocol/requests';
import { decodeImage, encodePng, shrinkPng } from './image';
import { renderOverlay } from './render';
import { type Cell, contactSheet, SIDE } from './sheet';

/** @throws cancelled between two pictures; output-taken, output-unwritable */
export async function sheet(
  { tiles, style, output, inputs }: Params<'sheet'>,
  { signal }: RequestContext<'sheet'>,
): Promise<Result<'sheet'>> {
  const outputs = outputsBeside(inputs, true);
  await outputs.check(output, true);
  const cells: Cell[] = [];
  for (const tile of tiles) {
    if (signal.aborted) throw errors.cancelled();
    const { title, lines } = tile;
    // One after the other, since a photograph takes a lot of memory until it is scaled down.
    const content = await drawn(tile, style).catch((thrown: unknown) => ({ note: toExplainError(thrown).message }));
    cells.push({ title, lines, content });
  }
  await outputs.write(output, await contactSheet(cells));
  return { tiles: cells.length };
}

async function drawn({ image, frame }: SheetTile, style: Params<'sheet'>['style']): Promise<Uint8Array> {
  const png = frame
    ? await renderOverlay({ explanation: { frame }, image, style })
    : encodePng(await decodeImage(image), 3);
  return shrinkPng(await png, SIDE);
}
