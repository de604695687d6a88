/** Seeded choices: the same seed makes the same inputs, on every machine. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the numbers at which programs go wrong, or a small one. */
  edge(): number;
  /** One of the texts at which programs go wrong. */
  text(): string;
}

const EDGES = [0, 1, -1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 1024, 4096, 4097, 65_535, 65_536, 1e6, 1e9];
const LARGE = [2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31), 2 ** 40, 2 ** 53, -(2 ** 53)];
const TEXTS = [
  ...['', ' ', '__proto__', 'constructor', 'toString', 'length', '../x', '/etc/passwd', 'a/b\\c', 'N', '?', '0'],
  ...['\u0000', '\u001b[2J', '\r\n', '\u202e', '[x](command:y)', '=1+1', '{0: 1}', '[224, 224]', '"', "'", '%s'],
  ...['é', '日本', '\ud83d\ude00', 'x'.repeat(5000), '1'.repeat(5000), '\\'.repeat(5000)],
];

/** Mulberry32, by Tommy Ettinger (public domain). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => list[int(list.length)]!;
  return {
    int,
    pick,
    chance: (share) => next() < share,
    edge: () => (next() < 0.15 ? pick(LARGE) : next() < 0.5 ? pick(EDGES) : int(12)),
    text: () => pick(TEXTS),
  };
}

/** A seed for each input, so that one can be made without those before it. */
export const seedOf = (seed: number, number: number): number =>
  Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);

/** Bytes with a few of them changed, cut, doubled or moved. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const result = Uint8Array.from(bytes);
  const at = () => random.int(result.length);
  switch (random.int(6)) {
    case 0:
      return result.subarray(0, at());
    case 1: {
      const from = at();
      return Buffer.concat([result.subarray(0, from), result.subarray(at())]);
    }
    case 2:
      result.fill(random.pick([0, 0xff, 0x80, random.int(256)]), at(), at());
      return result;
    case 3:
      for (let i = random.int(64); i >= 0; i--) result[at()] = random.int(256);
      return result;
    case 4: {
      // Near the beginning, where sizes and kinds are.
      const head = Math.min(result.length, 64);
      for (let i = random.int(4); i >= 0; i--) result[random.int(head)] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
      return result;
    }
    default:
      result[at()]! ^= 1 << random.int(8);
      return result;
  }
}
