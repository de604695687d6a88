/** What a run file keeps of trainings. */
import type { Cells } from '../../../core/clusters/cells';
import type { ItemId, VersionId } from '../../../protocol/dataset';
import type { DeviceChoice } from '../../../protocol/devices';
import type { GroupAccuracy, RepairInfo, TrainingEpoch, WatchedMap } from '../../../protocol/training';

/** An image of a training. Its truth and group stay as they were when the training began. */
export interface RepairImage {
  readonly item: ItemId;
  readonly truth: readonly number[];
  readonly group?: number;
  /** The first digits of the SHA-256 of its file. */
  readonly hash: string;
  /** The cells of it that are replaced, and the image that they are replaced by; its blurred copy if that is undefined. */
  readonly pasted?: { readonly from?: { readonly item: ItemId; readonly hash: string }; readonly cells: Cells };
  /** Whether it is in a suspicious cluster whose region is pasted. */
  readonly suspect?: boolean;
}

export interface RepairImages {
  readonly train: readonly RepairImage[];
  readonly heldOut: readonly RepairImage[];
  readonly watched: readonly RepairImage[];
}

export interface NewRepair
  extends Pick<RepairInfo, 'train' | 'heldOut' | 'options' | 'pasted' | 'watched' | 'output' | 'notes'> {
  readonly version: VersionId;
  readonly device: DeviceChoice;
  readonly of: RepairImages;
}

/** `running` and `waiting` are what they say only while their runner lives. */
export interface StoredRepair extends Omit<RepairInfo, 'step' | 'progress' | 'work'> {
  readonly device: DeviceChoice;
  /** Whether what lies beside its output is the state of another training. */
  readonly others?: boolean;
}

export type RepairChange = Partial<
  Pick<StoredRepair, 'state' | 'others' | 'device' | 'reason' | 'losses' | 'best' | 'added' | 'notes'>
>;

/** Rows that belong together: by a tag, or by a cluster of a version. */
export interface Group {
  readonly by: 'tag' | 'cluster';
  readonly name: string;
  /** Finds its rows under the version. */
  readonly query: string;
  readonly suspicious: boolean;
  /** Of a cluster: the class that its images are taken for, and its hot cells with those around them. */
  region?(): { readonly class: number; readonly cells: Cells };
  has(item: ItemId): boolean;
}

export interface RepairStore {
  add(repair: NewRepair): number;
  /** The oldest first. */
  all(): readonly StoredRepair[];
  /** @throws run-file-invalid if there is none */
  get(repair: number): StoredRepair;
  images(repair: number): RepairImages;
  maps(repair: number): readonly WatchedMap[];
  /** With another state, the reason of the one before goes. */
  change(repair: number, change: RepairChange): void;
  /** In place of what was told of this epoch before, as after a kill. */
  addEpoch(repair: number, epoch: TrainingEpoch, losses: readonly number[]): void;
  addMap(repair: number, map: WatchedMap): void;
  remove(repair: number): void;
  /** Tags, and clusters by predicted class, the suspicious ones first. */
  groups(version: VersionId): readonly Group[];
  accuracies(a: VersionId, b: VersionId): readonly GroupAccuracy[];
}
