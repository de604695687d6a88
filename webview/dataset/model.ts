/** What the components of the page share. */
import type { Signal } from '@preact/signals';
import type { Painter } from '../heat/painter';
import type { Actions } from './actions';
import type { Control } from './grid/control';
import type { Order } from './grid/draw/tiles';
import type { Listing } from './listing';
import type { RepairActions } from './repair/acts';
import type { Ask } from './requests';
import type { Store } from './store';
import type { VersionActions } from './versions/actions';

export interface DatasetPage {
  readonly store: Store;
  readonly actions: Actions;
  readonly versions: VersionActions;
  readonly repairs: RepairActions;
  readonly grid: Control;
  readonly listing: Listing;
  readonly ask: Ask;
  /** What draws the tiles. */
  readonly painter: {
    /** Counts up when another canvas is needed. */
    readonly generation: Signal<number>;
    attach(canvas: HTMLCanvasElement): void;
    send(order: Exclude<Order, { type: 'canvas' }>): void;
  };
  /** Paints single pictures of heat. */
  readonly paintHeat: Painter;
  /** Count up when the grid, or the text of the query, is to have the focus. */
  readonly focusGrid: Signal<number>;
  readonly focusQuery: Signal<number>;
}
