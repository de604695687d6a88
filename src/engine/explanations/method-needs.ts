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
 * @throws blocked-layers if the only layers are in blocked memory, nobody has chosen one, and the method needs one
 */
export function checkLayer(method: MethodName, { path, layer }: ModelInfo): void {
  if (layer.origin === 'assumed' && needsLayer(method)) throw errors.blockedLayers(path, layer.value);
}
