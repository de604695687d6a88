/** Does something with each thing of a list, so many at a time. */
export async function inTurns<T>(list: readonly T[], atOnce: number, act: (thing: T) => Promise<void>): Promise<void> {
  let next = 0;
  async function go(): Promise<void> {
    while (next < list.length) await act(list[next++]!);
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, go));
}
