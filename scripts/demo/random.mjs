// Random numbers of the drawings: the same ones from the same names, on every machine.

/**
 * @typedef {object} Random
 * @property {(low: number, high: number) => number} between uniform
 * @property {(low: number, high: number) => number} whole uniform, both ends included
 * @property {(chance: number) => boolean} chance
 * @property {<T>(items: readonly T[]) => T} one
 * @property {() => number} normal
 */

/**
 * SplitMix32 from the FNV-1a hash of the names, so that each picture is independent of how many are drawn before it.
 *
 * @param {...(string | number)} names
 * @returns {Random}
 */
export function randomOf(...names) {
  let state = 2166136261;
  for (const character of names.join('/')) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  const uniform = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    between: (low, high) => low + (high - low) * uniform(),
    whole: (low, high) => low + Math.floor((high - low + 1) * uniform()),
    chance: (chance) => uniform() < chance,
    one: (items) => /** @type {(typeof items)[number]} */ (items[Math.floor(items.length * uniform())]),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
