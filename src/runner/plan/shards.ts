/** Which items are computed next, and how many at once. Pure. */

/** Most items of a shard. The rows of a shard are committed together, so a kill loses at most so many. */
const SHARD = 256;
/** The first shards are small, so that a grid fills within seconds. */
const FIRST = 16;

/** @param before number of shards that were committed since the work began */
export function shardSize(before: number): number {
  return Math.min(SHARD, FIRST * 2 ** Math.min(before, 10));
}

const CALL_SECONDS = 0.5;
/** The engine's batches have at most so many images; fewer would leave part of a batch empty. */
const BATCH = 16;

/**
 * Number of images of one call of the engine. Calls are short, since what comes into sight meanwhile waits for the end of
 * the call.
 *
 * @param rate images a second; undefined until it is known
 */
export function callSize(rate: number | undefined): number {
  const images = Math.round(((rate ?? 0) * CALL_SECONDS) / BATCH) * BATCH;
  return Math.min(SHARD, Math.max(BATCH, images));
}
