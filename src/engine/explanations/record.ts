import { METHOD_OPTIONS } from '../../core/methods/method-options';
import type { Explanation } from '../../protocol/explanation';

/** An explanation as the command line prints it and an export as JSON holds it: a fixed list of fields. The variant is Group-CAM's, the default one for other methods. */
export function recordOf(explanation: Explanation) {
  const { image, model, method, options, layer, label, probability, own, milliseconds, device, passes } = explanation;
  const { min, max, zero, reason, note } = explanation.saliency;
  return {
    image,
    model,
    method,
    variant: options['variant'] ?? METHOD_OPTIONS['group-cam'].variant.default,
    layer,
    class: explanation.class,
    label,
    probability,
    ...(own && { own }),
    top: explanation.top,
    saliency: { min, max, zero, ...(zero && reason !== undefined && { reason }), ...(note !== undefined && { note }) },
    scores: Array.from(explanation.scores),
    milliseconds,
    device,
    passes,
    ...(explanation.precision && { precision: explanation.precision }),
    ...(explanation.way && { way: explanation.way }),
  };
}
