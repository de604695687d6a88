/** The image under the pointer. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { Row } from '../../../../src/protocol/dataset';
import type { DatasetPage } from '../../model';
import { tileOf } from '../../texts';
import { Thumbnail, type Thumbnails } from '../thumbnails';

const SIDE = 96;
/** A pointer that crosses the plane asks for nothing. */
const PAUSE_MS = 60;

interface HoverProps {
  readonly page: DatasetPage;
  readonly thumbnails: Thumbnails;
  readonly item: number;
  readonly cluster: string | undefined;
  /** The point, in pixels of CSS of the plane. */
  readonly x: number;
  readonly y: number;
  /** Of the plane. */
  readonly side: number;
}

export function Hover({ page, thumbnails, item, cluster, x, y, side }: HoverProps) {
  const { store, ask, actions } = page;
  const row = useSignal<Row | undefined>(undefined);
  useLayoutEffect(() => {
    const timer = setTimeout(() => {
      const version = store.versionId.peek();
      if (version === undefined) return;
      void ask('row', { version, item }).then((found) => {
        row.value = found.row;
      }, actions.failed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [item]);
  const { value: info } = store.info;
  // The answer may be about a point that the pointer has left.
  if (row.value?.item !== item || !info) return <span class="scatter-ring" style={{ left: `${x}px`, top: `${y}px` }} />;
  const tile = tileOf(row.value, { info, version: store.version.value });
  const vertical = y < side / 2 ? { top: `${y + 10}px` } : { bottom: `${side - y + 10}px` };
  const horizontal = x < side / 2 ? { left: `${x}px` } : { right: `${side - x}px` };
  return (
    <>
      <span class="scatter-ring" style={{ left: `${x}px`, top: `${y}px` }} />
      <div class="scatter-hover" style={{ ...vertical, ...horizontal }} data-testid="scatter-hover">
        <Thumbnail page={page} thumbnails={thumbnails} item={item} side={SIDE} />
        <div>
          <div class="scatter-path">{row.value.path}</div>
          <div>{`${tile.mark === 'wrong' ? '✕ ' : ''}${tile.first} ${tile.value}`}</div>
          {tile.mark === 'wrong' && <div>{tile.second}</div>}
          <div class="faint">{cluster ?? 'in no cluster: its map is blank'}</div>
        </div>
      </div>
    </>
  );
}
