/** What the method of a request needs of the model. */
import { ExplainError, errors } from '../../core/errors';
import type { MethodChoice } from '../../core/methods/choice';
import { methods, type Need } from '../../core/methods/method-table';
import type { MethodName } from '../../core/methods/names';
import type { ModelInfo } from '../../core/model/info';
import type { ExplainParams } from '../../protocol/requests';
import { layersOf } from '../model/inspect';
import type { Part } from '../sessions/explainer';
import { isPart } from '../sessions/parts';
import { completedOptions } from './request-options';

/** The chosen layers; only the last one for a method that does not use a layer. */
export function layersFor({ method, model }: ExplainParams): readonly string[] {
  return layersOf(model).slice(needsLayer(method) ? 0 : -1);
}

function needsLayer(method: MethodName): boolean {
  const needs: readonly Need[] = methods[method].needs;
  return needs.includes('layer');
}

/** The parts that the method needs besides the score session. */
export function partsFor({ method, options }: Pick<MethodChoice, 'method' | 'options'>): readonly Part[] {
  return methods[method].needsWith(options).filter(isPart);
}

/**
 * The error if an operator has no gradient rule. A method that needs the gradient of the input can't be used then; the
 * other methods work with a later layer.
 */
export function refusalBy(method: MethodName) {
  const needs: readonly string[] = methods[method].needs;
  const ofInput = needs.includes('input-gradient') || needs.includes('guided-gradient');
  return (thrown: unknown): never => {
    if (!ofInput || !(thrown instanceof ExplainError) || thrown.code !== 'unsupported-operator') throw thrown;
    throw errors.methodUnsuitable(method, 'a gradient rule for every operator (inspect lists those without)', 'rise');
  };
}

/**
 * Sessions are shared by requests with and without a chosen layer, so each request is checked.
 *
 * @throws method-unsuitable if the method needs a layer and there is none; blocked-layers if the only layers are in
 *   blocked memory and nobody has chosen one
 */
export function checkLayer(method: MethodName, { path, layers, layer }: ModelInfo): void {
  if (!needsLayer(method)) return;
  if (layers.length === 0)
    throw errors.methodUnsuitable(method, 'a layer with a map that the class scores depend on', 'occlusion');
  if (layer.origin === 'assumed') throw errors.blockedLayers(path, layer.value);
}

export type Asked = Pick<MethodChoice, 'method' | 'options'>;

/**
 * What Group-CAM, the default method, is replaced by if the model can't be explained by it, and the reason in words. Other
 * methods were asked for by name and fail.
 *
 * @param failure of the choice
 */
function standInFor({ method, options }: Asked, failure: unknown): (Asked & { readonly note: string }) | undefined {
  if (method !== 'group-cam' || !(failure instanceof ExplainError)) return undefined;
  if (failure.code === 'method-unsuitable') {
    const note = 'Occlusion in place of Group-CAM, which needs a layer with a map; this model has none';
    return { method: 'occlusion', options: completedOptions('occlusion', {}), note };
  }
  if (!WITHOUT_RULE.has(failure.code) || options['variant'] === 'gradient-free') return undefined;
  const note = `the gradient-free variant, since there are no gradients: ${failure.reason ?? failure.message}`;
  return { method, options: { ...options, variant: 'gradient-free' }, note };
}

const WITHOUT_RULE: ReadonlySet<string> = new Set(['unsupported-operator', 'gradient-rule', 'not-connected']);

/** What `make` makes for a choice, or for what stands in for it, with the reasons in words. */
export async function suited<T>(
  asked: Asked,
  make: (choice: Asked) => Promise<T>,
  notes: readonly string[] = [],
): Promise<{ readonly made: T; readonly asked: Asked; readonly notes: readonly string[] }> {
  try {
    return { made: await make(asked), asked, notes };
  } catch (thrown) {
    const standIn = standInFor(asked, thrown);
    if (!standIn) throw thrown;
    return suited(standIn, make, [...notes, standIn.note]);
  }
}
