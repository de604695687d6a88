/** What the page tells the painter of tiles. It can be sent to a worker. */
import type { Size } from '../../../../src/core/geometry';
import type { HeatStyle } from '../../../../src/core/style';
import type { Ranges, RunInfo, VersionInfo } from '../../../../src/protocol/dataset';
import type { PackedPictures, PackedRows } from '../../../../src/protocol/packed/pack';
import type { Layout } from '../geometry';

export type Mark = 'waiting' | 'right' | 'wrong' | 'failed' | 'none';

/** A tile apart from its pictures. */
export interface Tile {
  readonly item: number;
  readonly mark: Mark;
  /** First line under the picture: the predicted class, or why there is none. */
  readonly first: string;
  /** At the end of the first line: a probability. */
  readonly value: string;
  /** Second line: the true class, if it is another, or tags. */
  readonly second: string;
  readonly tags: readonly string[];
}

/** What texts of rows need to know. */
export interface Names {
  readonly info: Pick<RunInfo, 'categories'>;
  readonly version: Pick<VersionInfo, 'labels' | 'activation'> | undefined;
}

/** What is on screen. Lengths are in pixels of CSS. */
export interface View {
  readonly size: Size;
  /** Pixels of the screen for one of CSS. */
  readonly ratio: number;
  readonly layout: Layout;
  /** Where the view begins in the list. */
  readonly top: number;
  readonly from: number;
  readonly to: number;
  /** Of these positions. */
  readonly selected: Ranges;
  /** The tile that keys act on; undefined where the grid has no focus. */
  readonly focus: number | undefined;
  readonly heat: boolean;
  readonly style: HeatStyle;
}

/** Colours and fonts of the theme. */
export interface Look {
  readonly font: string;
  readonly fontSize: number;
  readonly text: string;
  readonly faint: string;
  readonly background: string;
  readonly empty: string;
  readonly line: string;
  readonly wrong: string;
  readonly right: string;
  readonly onMark: string;
  readonly focus: string;
  readonly selected: string;
  readonly tag: string;
  readonly onTag: string;
}

export type Order =
  | { readonly type: 'canvas'; readonly canvas: OffscreenCanvas }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'view'; readonly view: View }
  /** For the texts of the rows that follow. */
  | { readonly type: 'names'; readonly names: Names }
  /** Rows of the list, from a position on. */
  | { readonly type: 'rows'; readonly from: number; readonly rows: PackedRows }
  /** Another list: no position has a tile. Pictures stay. */
  | { readonly type: 'list' }
  /** Of outdated items there are newer pictures. */
  | { readonly type: 'pictures'; readonly pictures: PackedPictures; readonly outdated: readonly number[] }
  | { readonly type: 'drop'; readonly items: readonly number[] }
  | { readonly type: 'forget' };

/** Whether the painter has something left to do. */
export interface Progress {
  readonly busy: boolean;
}
