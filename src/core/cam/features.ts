/** Activations of the target layer: A, [channels, height, width]. */
export interface FeatureMaps {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}
