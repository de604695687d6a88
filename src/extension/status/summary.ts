/** Facts about a finished explanation in the words of the interface. Pure. */
import { METHOD_OPTIONS } from '../../core/methods/method-options';
import { METHOD_NAMES, type MethodName, usesLayer } from '../../core/methods/names';
import type { ModelInfo } from '../../core/model/info';
import { type OptionValues, optionsInForce } from '../../core/options';
import { shownActivation } from '../../core/output';
import type { ClassesState } from '../../protocol/classes-view';
import type { Explanation, OwnComparison } from '../../protocol/explanation';
import type { Summary } from '../../protocol/webview';
import type { PanelImage } from '../panel/panel-state';

/** The method with its options, such as "Group-CAM (G 32, θ 70)". */
export function methodName({ method, options, frame }: Pick<Explanation, 'method' | 'options' | 'frame'>): string {
  const { title } = METHOD_NAMES[method];
  const details = optionsText(method, options);
  // The user has not requested evidence against the class, but the map shows it.
  if (frame.signed && options['evidence'] === 'auto') details.push('signed');
  return details.length > 0 ? `${title} (${details.join(', ')})` : title;
}

/** Options that have a symbol, and other options that differ from their defaults. */
export function optionsText(method: MethodName, values: OptionValues): string[] {
  return optionsInForce(METHOD_OPTIONS[method], values).flatMap(([name, option]) => {
    const symbol = 'symbol' in option ? option.symbol : undefined;
    if (symbol === undefined && values[name] === option.default) return [];
    return [`${symbol ?? name} ${values[name]}`];
  });
}

export function summaryOf(explanation: Explanation, info: ModelInfo): Summary {
  const { saliency } = explanation;
  return {
    class: { class: explanation.class, label: explanation.label, probability: explanation.probability },
    method: explanation.own ? `the model's own ${methodName(explanation)}` : methodName(explanation),
    ...(explanation.own && { own: ownText(explanation.own) }),
    ...(usesLayer(explanation.method) && { layer: explanation.layer }),
    layerShape: info.layers.find((layer) => layer.tensor === explanation.layer)?.shape ?? [],
    activation: explanation.activation,
    model: modelName(info),
    device: explanation.device,
    milliseconds: explanation.milliseconds.total,
    passes: explanation.passes,
    ...(saliency.zero && { blank: saliency.reason ?? 'the map is zero everywhere' }),
    ...(saliency.note && { note: saliency.note }),
    assumptions: info.assumptions,
  };
}

/** Such as "at most 2.4e-7 apart, r 1.0000". */
function ownText({ difference, correlation }: OwnComparison): string {
  const apart = `at most ${difference.toPrecision(2)} apart`;
  return correlation === undefined ? apart : `${apart}, r ${correlation.toFixed(4)}`;
}

export function modelName(info: ModelInfo): string {
  return info.demo ? `${info.name} (demo model)` : info.name;
}

/** The state of the model's inspection: running, finished or failed. */
export type Inspection =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly info: ModelInfo }
  | { readonly kind: 'failed'; readonly message: string };

/** Everything the Classes view shows, for the model in use and the image that a click would explain. */
export function classesState(inspection: Inspection, image: PanelImage | undefined): ClassesState {
  const base = { model: '', demo: false, activation: '', labels: [], probabilities: undefined, shown: [] };
  if (inspection.kind === 'failed') return { ...base, image: image?.name, message: inspection.message };
  if (inspection.kind !== 'ready') return { ...base, image: image?.name, message: 'Reading the model…' };
  const { info } = inspection;
  return {
    model: modelName(info),
    demo: info.demo,
    activation: shownActivation(info.output),
    labels: info.labels.value,
    probabilities: image?.probabilities,
    image: image?.name,
    shown: shownClasses(image),
    message: undefined,
  };
}

/** The classes on screen, without duplicates. Classes of other models are left out. */
function shownClasses(image: PanelImage | undefined): number[] {
  const shown = image?.wanted.flatMap(({ target, model }, i) => {
    const explanation = image.slots[i]?.explanation;
    if (model) return [];
    if (explanation) return [explanation.class];
    return typeof target === 'object' && 'index' in target ? [target.index] : [];
  });
  return [...new Set(shown)];
}
