/** xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021). */

export interface Random {
  /** Uniform whole numbers below 2^32. */
  bits(): number;
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** Uniform whole numbers below `bound`. */
  below(bound: number): number;
  /** Standard normal. */
  normal(): number;
}

type State = [number, number, number, number];

/** @param seed a whole number below 2^32, or the generator's whole state, four of them */
export function createRandom(seed: number | Readonly<State>): Random {
  const s: State = typeof seed === 'number' ? expand(seed) : [...seed];
  let spare: number | undefined;

  const bits = () => {
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  };
  const uniform = () => bits() / 2 ** 32;

  /** Box and Muller, "A note on the generation of random normal deviates", 1958: two at a time. */
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { bits, uniform, below: (bound) => Math.floor(uniform() * bound), normal };
}

const rotate = (x: number, k: number) => (x << k) | (x >>> (32 - k));

/**
 * Expands the seed to four numbers, by SplitMix with the 32-bit finaliser of MurmurHash3, so that similar seeds give
 * unrelated states.
 */
function expand(seed: number): State {
  let state = seed;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  return [next(), next(), next(), next()];
}
