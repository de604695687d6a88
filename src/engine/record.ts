import type { Explanation } from '../core/types';

/** An explanation as the command line prints it and an export as JSON holds it: a fixed list of fields. */
export function recordOf(explanation: Explanation) {
  const { image, model, method, variant, layer, label, probability, milliseconds, device, passes } = explanation;
  const { min, max, zero } = explanation.saliency;
  return {
    image,
    model,
    method,
    variant,
    layer,
    class: explanation.class,
    label,
    probability,
    top: explanation.top,
    saliency: { min, max, zero },
    scores: Array.from(explanation.scores),
    milliseconds,
    device,
    passes,
  };
}
