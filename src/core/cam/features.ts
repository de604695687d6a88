/** Activations of the target layer: A, [channels, u, v]. */
export interface FeatureMaps {
  readonly data: Float32Array;
  readonly channels: number;
  readonly u: number;
  readonly v: number;
}
