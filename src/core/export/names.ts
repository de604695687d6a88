/** What an exported model adds to the model in it. */
export const EXPORTED = {
  /** Output, float32 [N, 1, height, width], within [0, 1]. */
  saliency: 'saliency',
  /** Input, int64 [N]: the class that each map explains. Only a model that was exported so has it. */
  class: 'class',
} as const;
