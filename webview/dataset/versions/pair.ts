/** The two versions that are compared. Pure. */
import type { VersionId, VersionInfo } from '../../../src/protocol/dataset';

/** What changed is told from a to b. */
export interface Pair {
  readonly a: VersionInfo;
  readonly b: VersionInfo;
}

/** The versions that were chosen, as long as both are there; otherwise the newest and the one before it. */
export function pairOf(
  versions: readonly VersionInfo[],
  chosen: readonly [a: VersionId, b: VersionId] | undefined,
): Pair | undefined {
  const find = (wanted: VersionId | undefined) => versions.find(({ id }) => id === wanted);
  const [a, b] = [find(chosen?.[0]), find(chosen?.[1])];
  if (a && b && a !== b) return { a, b };
  const [before, newest] = versions.slice(-2);
  return before && newest && { a: before, b: newest };
}

/** The pair after a version was chosen for one side. The same version on both sides is not compared: the sides swap. */
export function withSide({ a, b }: Pair, side: 'a' | 'b', chosen: VersionId): [a: VersionId, b: VersionId] {
  if (side === 'a') return [chosen, chosen === b.id ? a.id : b.id];
  return [chosen === a.id ? b.id : a.id, chosen];
}
