/** Names of versions. Pure. */

/** The stem of a model's file, made unique among the names that are there: `cats`, `cats@2`, `cats@3`. */
export function nameFor(stem: string, taken: readonly string[]): string {
  if (!taken.includes(stem)) return stem;
  for (let number = 2; ; number++) if (!taken.includes(`${stem}@${number}`)) return `${stem}@${number}`;
}
