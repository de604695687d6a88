/** The options of `group-cam dataset`. */
import { errors } from '../../core/errors';
import type { MethodName } from '../../core/methods/names';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';

export interface DatasetOptions {
  readonly model: readonly string[];
  /** Shards are merged into it later. */
  readonly run?: string;
  readonly shard?: string;
  readonly shared?: string;
  /** The address of a queue; may hold a password. */
  readonly queue?: string;
  readonly shardSize: number;
  readonly maps?: MethodName;
  readonly for?: 'all' | 'wrong' | 'none';
  readonly limit?: number;
  readonly mapping?: string;
  readonly labels?: string;
  readonly device: DeviceChoice;
  readonly verbose?: boolean;
}

/** The model of a folder of `--shared`, which holds the work of one. @throws bad-option */
export function sharedModel({
  model: [file, ...others],
  labels,
}: Pick<DatasetOptions, 'model' | 'labels'>): ModelChoice {
  if (others.length > 0)
    throw errors.badOption('--model', [file, ...others].join(', '), 'one model for each folder of --shared');
  return { path: file!, ...(labels !== undefined && { labels }) };
}
