/** All causes for which a method may refuse a model; docs/methods.md has the same table for readers. */
import type { ErrorCode } from '../../src/core/error-codes';
import type { MethodName } from '../../src/core/methods/names';

export interface Refusal {
  readonly cause: string;
  readonly methods: readonly MethodName[];
  readonly code: ErrorCode;
  readonly message: RegExp;
  /** What the message names that works. */
  readonly instead: string;
}

/** RISE never refuses, nor does Group-CAM without gradients. */
export const REFUSALS: readonly Refusal[] = [
  {
    cause: 'no linear head: there is more than global average pooling and one linear layer downstream of the layer',
    methods: ['cam'],
    code: 'method-unsuitable',
    message: /linear layer downstream of the layer.*Use grad-cam/,
    instead: 'Grad-CAM',
  },
  {
    cause: 'an operator without a gradient rule between the input and the scores',
    methods: [
      ...(['gradient', 'input-x-gradient', 'guided-backpropagation'] as const),
      ...(['integrated-gradients', 'smooth-grad', 'xrai'] as const),
    ],
    code: 'method-unsuitable',
    message: /gradient rule for every operator.*Use rise/,
    instead: 'RISE',
  },
  {
    cause: 'an operator without a gradient rule between the layer and the scores',
    methods: ['grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam', 'xgrad-cam'],
    code: 'unsupported-operator',
    message: /ReverseSequence.*gradient-free/,
    instead: 'a later layer, or Group-CAM, which then runs its gradient-free variant and says so',
  },
];
