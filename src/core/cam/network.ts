/** What the methods ask of a network that looks at one image. The engine answers with the runtime. */

/** Activations of the target layer: A, [channels, u, v]. */
export interface FeatureMaps {
  readonly data: Float32Array;
  readonly channels: number;
  readonly u: number;
  readonly v: number;
}

export interface ScoredChunk {
  /** Index of the first mask of the chunk. */
  readonly first: number;
  /** p of every class, one array a mask. */
  readonly probabilities: readonly Float32Array[];
}

export interface Network {
  readonly features: FeatureMaps;
  /** Size of the network's input, which masks are upsampled to. */
  readonly height: number;
  readonly width: number;
  /** d y_c / dA for a class c, [channels, u, v]; y is the score before softmax or sigmoid. */
  gradient(target: number): Promise<Float32Array>;
  /** Scores the image blended with its blurred copy by each mask (equation 5), given as [u, v] within [0, 1]. */
  score(masks: readonly Float32Array[]): AsyncIterable<ScoredChunk>;
  /** p of every class on the blurred image; known as soon as one chunk is. */
  blurred(): Float32Array;
}
