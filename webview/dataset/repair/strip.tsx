/** Maps of the watched images as they change from epoch to epoch (the paper, figure 8): a row for each image. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ItemId, Row, TilePicture } from '../../../src/protocol/dataset';
import type { RepairInfo, WatchedMap } from '../../../src/protocol/training';
import { newestOnly } from '../../newest';
import { percentOf } from '../../numbers';
import { createThumbnails, drawThumbnail, type Thumbnails } from '../clusters/thumbnails';
import type { DatasetPage } from '../model';
import { shortLabel } from '../texts';

const SIDE = 72;
/** Of more epochs the first, the last and some between are shown. */
const MOST_COLUMNS = 12;
const PAUSE_MS = 500;

interface StripProps {
  readonly page: DatasetPage;
  readonly repair: RepairInfo;
}

export function Strip({ page, repair }: StripProps) {
  const { value: maps } = useMaps(page, repair);
  const thumbnails = useMemo(() => createThumbnails(page.ask, repair.version), [repair.version]);
  const items = [...new Set(maps.map(({ item }) => item))];
  const names = useNames(page, repair, items);
  const epochs = columnsOf([...new Set(maps.map(({ epoch }) => epoch))].toSorted((a, b) => a - b));
  if (items.length === 0) return null;
  const known = new Map(maps.map((map) => [`${map.item} ${map.epoch}`, map]));
  return (
    <section aria-label="Maps of the watched images">
      <h3>Where it looks, epoch by epoch</h3>
      <div class="repair-strip">
        <table data-testid="repair-strip">
          <thead>
            <tr>
              <td />
              {epochs.map((epoch) => (
                <th key={epoch} scope="col">
                  {epoch === 0 ? 'before' : epoch === repair.best ? `${epoch}, best` : String(epoch)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item}>
                <th scope="row" title={names.get(item)?.path}>
                  {nameOf(names.get(item))}
                </th>
                {epochs.map((epoch) => (
                  <td key={epoch}>
                    <Tile page={page} repair={repair} thumbnails={thumbnails} map={known.get(`${item} ${epoch}`)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** With its folder: in a folder for each class the same names are in several. */
const nameOf = (row: Row | undefined) => row?.path.split('/').slice(-2).join('/') ?? '';

export function columnsOf(epochs: readonly number[]): readonly number[] {
  const last = epochs.length - 1;
  if (last < MOST_COLUMNS) return epochs;
  const at = Array.from({ length: MOST_COLUMNS }, (_, i) => Math.round((i * last) / (MOST_COLUMNS - 1)));
  return at.map((i) => epochs[i]!);
}

interface TileProps extends StripProps {
  readonly thumbnails: Thumbnails;
  readonly map: WatchedMap | undefined;
}

function Tile({ page: { store, paintHeat, actions }, repair, thumbnails, map }: TileProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const style = store.heat.value ? store.style.value : undefined;
  useLayoutEffect(() => {
    if (!map) return;
    const now = { isCurrent: true };
    thumbnails
      .picture(map.item)
      .then((picture) => picture && drawThumbnail(canvas.current!, withMap(picture, map), SIDE, style, paintHeat, now))
      .catch(actions.failed);
    return () => {
      now.isCurrent = false;
    };
  }, [thumbnails, map, style]);
  if (!map) return null;
  const version = store.info.value?.versions.find(({ id }) => id === repair.version);
  const [index, p] = map.top;
  const label = shortLabel(version?.labels[index] ?? `class ${index}`);
  const said = `${label} ${percentOf(p, version?.activation ?? 'softmax')}`;
  return (
    <figure class="repair-tile">
      <canvas
        ref={canvas}
        class="thumbnail"
        width={1}
        height={1}
        style={{ width: `${SIDE}px`, height: `${SIDE}px` }}
        role="img"
        aria-label={`${map.epoch === 0 ? 'Before training' : `After epoch ${map.epoch}`}: heat of its class; taken for ${said}`}
        title={said}
      />
      <figcaption>{label}</figcaption>
    </figure>
  );
}

const withMap = (picture: TilePicture, { map }: WatchedMap): TilePicture => ({ ...picture, map });

/** They are asked for again with each epoch that is done, and as long as some are still computed. */
function useMaps(page: DatasetPage, info: RepairInfo) {
  const { repair, epochs, watched } = info;
  const { ask, actions } = page;
  const known = useSignal<readonly WatchedMap[]>([]);
  const run = useRef(
    newestOnly(async (number: number) => {
      try {
        known.value = await ask('repairMaps', { repair: number });
        // Epochs of a small head follow each other faster than anybody looks.
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  const isWhole = known.value.length >= epochs.length * watched.length;
  useLayoutEffect(() => {
    void run.current(repair);
  }, [repair, epochs.length, isWhole || info]);
  return known;
}

/** Rows of the images, for their names. */
function useNames({ ask, actions }: DatasetPage, { version }: RepairInfo, items: readonly ItemId[]) {
  const names = useSignal<ReadonlyMap<ItemId, Row>>(new Map());
  useLayoutEffect(() => {
    for (const item of items) {
      if (names.peek().has(item)) continue;
      ask('row', { version, item }).then(({ row }) => {
        names.value = new Map(names.peek()).set(item, row);
      }, actions.failed);
    }
  }, [items.join()]);
  return names.value;
}
