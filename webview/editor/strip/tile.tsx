/** One image of the strip: its thumbnail, its name, and its state. */
import type { StripItem } from '../../../src/protocol/webview';
import { Icon } from '../../icon';

const STATES: Readonly<Record<StripItem['state'], { readonly icon: string; readonly text: string }>> = {
  waiting: { icon: 'circle-large', text: 'waiting' },
  working: { icon: 'loading', text: 'working' },
  done: { icon: 'check', text: 'done' },
  failed: { icon: 'error', text: 'failed' },
  cancelled: { icon: 'circle-slash', text: 'cancelled' },
};

interface TileProps {
  readonly index: number;
  readonly item: StripItem;
  readonly count: number;
  /** True for the active image. */
  readonly isActive: boolean;
  /** True if keys act on this tile. */
  readonly isCursor: boolean;
  /** The thumbnail's address, after it is loaded. */
  readonly thumbnail: string | undefined;
  readonly onSelect: (index: number) => void;
}

export const tileId = (index: number): string => `tile-${index}`;

export function Tile({ index, item, count, isActive, isCursor, thumbnail, onSelect }: TileProps) {
  const { icon, text } = STATES[item.state];
  return (
    <div
      class={isCursor ? 'tile cursor' : 'tile'}
      role="option"
      id={tileId(index)}
      title={item.name}
      style={{ gridColumn: String(index + 1) }}
      aria-label={`${item.name}, ${text}`}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-selected={isActive}
      data-state={item.state}
      data-testid={`strip-${index}`}
      onClick={() => onSelect(index)}
    >
      <span class="tile-image">
        <img alt="" draggable={false} hidden={thumbnail === undefined} {...(thumbnail && { src: thumbnail })} />
        <span class="tile-state">
          <Icon key={icon} name={icon} />
        </span>
      </span>
      <span class="tile-name">{item.name}</span>
    </div>
  );
}
