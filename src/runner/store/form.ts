/** What is written to a run file, and by whom: the interface between the store and the work on it. */
import type { AnnotatedImage } from '../../core/annotations/annotations';
import type { Measures } from '../../core/measures/measures';
import type { MethodChoice } from '../../core/methods/choice';
import type { ListedDataset } from '../../files/datasets/listed';
import type { ItemId, StoredMap, VersionId, VersionInfo } from '../../protocol/dataset';
import type { ModelChoice, SweptImage } from '../../protocol/requests';

/** An item with what the work on it needs. */
export interface StoredItem {
  readonly id: ItemId;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  readonly mtime: number;
  /** Indices into the dataset's categories. */
  readonly categories: readonly number[];
  readonly annotated?: AnnotatedImage;
  /** SHA-256 of the file's bytes in hexadecimal, once it was read. */
  readonly hash?: string;
}

/** A version as it is made: from the model's inspection. */
export interface NewVersion
  extends Pick<VersionInfo, 'name' | 'model' | 'labels' | 'activation' | 'layer' | 'classes' | 'assumptions'> {
  readonly choice: ModelChoice;
  readonly bytes: number;
  /** SHA-256 of the model with its external data, in hexadecimal. */
  readonly hash: string;
}

/** The sweep's answer for an item, or why there is none. */
export type NewRow =
  | { readonly item: ItemId; readonly hash: string; readonly swept: SweptImage; readonly correct?: boolean }
  | {
      readonly item: ItemId;
      readonly hash?: string;
      readonly error: { readonly code: string; readonly message: string };
    };

/** A map that was computed by a method for a class of an item. */
export interface NewMap {
  readonly item: ItemId;
  readonly method: MethodChoice;
  readonly layer: string;
  readonly class: number;
  /** As float32, of which `measures` were taken; the store quantises it. */
  readonly map: Pick<StoredMap, 'height' | 'width' | 'offset' | 'signed'> & { readonly values: Float32Array };
  readonly measures: Measures;
  readonly blank?: string;
}

/** How a dataset has changed since it was listed last. */
export interface Listing {
  readonly added: number;
  /** Of another size or modification time; their rows are dropped. */
  readonly changed: number;
  /** Their items stay in the file, are not listed any more, and come back with their rows if the image does. */
  readonly gone: number;
}

export interface WritableStore {
  /** One transaction. Items keep their ids by path. */
  setDataset(dataset: ListedDataset): Listing;
  /** A version with the same hash and choice is there already: then its id. */
  addVersion(version: NewVersion): VersionId;
  versionChoice(version: VersionId): { readonly choice: ModelChoice; readonly hash: string };
  item(id: ItemId): StoredItem;
  /** Items without a row, in the order of paths; those of `first` before all others. */
  waiting(version: VersionId, count: number, first?: readonly ItemId[]): readonly StoredItem[];
  /** The row of an item with the same bytes under this version, to be copied; undefined if there is none. */
  twin(version: VersionId, hash: string): ItemId | undefined;
  copyRow(version: VersionId, from: ItemId, to: ItemId): void;
  /** The rows of a shard, in one transaction. Thumbnails go to the second file. */
  commitRows(version: VersionId, rows: readonly NewRow[]): void;
  commitMaps(version: VersionId, maps: readonly NewMap[]): void;
}
