/** The export of rows as a contact sheet. */
import type { Engine } from '../client/engine';
import { errors } from '../core/errors';
import { DEFAULT_STYLE } from '../core/style';
import type { Row, Selection, StoredMap, TilePicture, VersionInfo } from '../protocol/dataset';
import type { SheetTile } from '../protocol/requests';
import type { OpenRun } from './run-files';

/** Most pictures of a sheet. */
const MOST = 300;
/** Characters of a line; what comes first in a path matters least. */
const LINE = 40;

/**
 * Draws each image with its map, path, true and predicted class and the probability of the latter.
 *
 * @throws bad-option if there are too many; output-taken, output-unwritable, cancelled
 */
export async function writeSheet(
  { file, path, info }: OpenRun,
  engine: Engine,
  version: VersionInfo,
  of: Selection,
  output: string,
  signal: AbortSignal,
): Promise<{ readonly rows: number }> {
  const items = file.itemsOf(version.id, of);
  if (items.length > MOST)
    throw errors.badOption('the selection of', `${items.length} images`, `at most ${MOST} images for a contact sheet`);
  const context = { signal, emit: () => {} };
  const pictures = await file.pictures({ version: version.id, items, maps: true }, context);
  const { categories } = info();
  const tiles = await Promise.all(
    items.map(async (item, i): Promise<SheetTile> => {
      const { row } = await file.row({ version: version.id, item }, context);
      const frame = frameOf(pictures[i]!);
      return {
        title: row.path.length > LINE ? `\u2026${row.path.slice(1 - LINE)}` : row.path,
        lines: linesOf(row, version, categories),
        image: { path: file.item(item).file },
        ...(frame && { frame }),
      };
    }),
  );
  const inputs = [path, ...items.map((item) => file.item(item).file)];
  await engine.call(
    'sheet',
    { tiles, style: DEFAULT_STYLE, output, inputs },
    { signal, timeout: Number.POSITIVE_INFINITY },
  );
  return { rows: items.length };
}

function linesOf(row: Row, { labels }: VersionInfo, categories: readonly string[]): string[] {
  const truth = row.categories.map((index) => categories[index]).join(', ');
  const [first] = row.top ?? [];
  return [
    truth ? `true: ${truth}` : 'no class',
    first ? `predicted: ${labels[first[0]]}, p = ${first[1].toFixed(3)}` : (row.error ?? 'not computed yet'),
  ];
}

function frameOf({ map, transform, inputSize }: TilePicture): SheetTile['frame'] {
  if (!map || !transform || !inputSize) return undefined;
  const { height, width, offset, signed } = map;
  return { done: 1, total: 1, height, width, map: valuesOf(map), offset, signed, inputSize, imageTransform: transform };
}

function valuesOf({ lo, hi, values }: StoredMap): Float32Array {
  return Float32Array.from(values, (byte) => lo + (byte / 255) * (hi - lo));
}
