import type { Case } from '../check';
import { bool, float, int, int64Of } from './operands';

const [q, k, width] = [
  [2, 4, 3, 4],
  [2, 4, 5, 4],
  [2, 4, 5, 6],
] as const;
const shared = [q, [2, 2, 5, 4], [2, 2, 5, 6]] as const;
const flat = [
  [2, 3, 16],
  [2, 5, 8],
  [2, 5, 8],
] as const;
const heads = { q_num_heads: int(4), kv_num_heads: int(2) };
const mask = bool([3, 5], 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1);
const common = { op: 'Attention', kind: 'smooth32', wrt: [0, 1, 2], opset: 23 } as const;

const attentions: readonly Case[] = [
  { ...common, inputs: [q, k, width] },
  { ...common, inputs: [q, k, width], attributes: { scale: float(0.3), is_causal: int(1) } },
  { ...common, inputs: shared, attributes: { softcap: float(0.7) } },
  { ...common, inputs: flat, attributes: heads },
  { ...common, inputs: [...flat, mask], attributes: heads },
  { ...common, inputs: [q, k, width, [3, 5]] },
  { ...common, inputs: [...shared, [2, 4, 3, 5]] },
];

const angles = { cos: [10, 2], sin: [10, 2] } as const;
const positions = int64Of([2, 3], 0, 1, 2, 7, 3, 9);
const rotary = { op: 'RotaryEmbedding', kind: 'linear', opset: 23 } as const;

const rotaries: readonly Case[] = [0, 1].flatMap((interleaved): Case[] => [
  { ...rotary, inputs: [q, angles.cos, angles.sin, positions], attributes: { interleaved: int(interleaved) } },
  {
    ...rotary,
    inputs: [
      [2, 3, 12],
      [2, 3, 2],
      [2, 3, 2],
    ],
    attributes: { num_heads: int(2), rotary_embedding_dim: int(4), interleaved: int(interleaved) },
  },
]);

export const attention: readonly Case[] = [...attentions, ...rotaries];
