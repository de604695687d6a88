/** The request `gradient`: d logit / d tensor for one input. */
import { GRADIENT, gradientGraph } from '../../core/cam/gradient';
import { errors } from '../../core/errors';
import { CPU_RULES } from '../../core/gradients/cpu';
import { findClass } from '../../core/model/classes/labels';
import { encodeModel } from '../../core/onnx/weights';
import { classTarget } from '../../core/target/class-scores';
import type { Params, Result } from '../../protocol/requests';
import { openModel } from '../model/inspect';
import { prepareInput } from '../pictures/prepare';
import { createSession, floats } from '../runtime/runtime';
import { fragmentOf } from '../sessions/parts';
import { targetFeeds } from '../sessions/passes';

/** @throws unknown-layer, unknown-class, not-connected, unsupported-operator; what models and inputs throw */
export async function gradient({ model, image, target, wrt }: Params<'gradient'>): Promise<Result<'gradient'>> {
  const { info, file, facts } = await openModel(model);
  const tensor = wrt ?? info.input.name;
  const shape = file.model.initializers.has(tensor) ? undefined : facts.get(tensor)?.dims;
  if (!shape) {
    const candidates = [info.input.name, ...info.layers.map((layer) => layer.tensor)];
    throw errors.unknownLayer(info.path, tensor, candidates);
  }
  const labels = info.labels.value;
  const explained = classTarget(labels, { class: findClass(labels, target) });
  const fragment = fragmentOf({ info, facts });
  const input = await prepareInput(image, info);

  const encoded = encodeModel(
    file.model,
    gradientGraph(file.model, facts, { source: info.input.name, wrt: tensor }, fragment, CPU_RULES),
  );
  // The optimiser's blocked layouts are not used. With their rounding, more units near 0 change sign: the gradient of
  // VGG-19 agrees with autograd to 2e-2 with them, and to 2e-6 without.
  const session = await createSession(info.path, encoded, await file.buffers(encoded), {
    device: 'cpu',
    optimize: 'basic',
    prepack: false,
  });
  try {
    const feeds = { [GRADIENT.source]: floats(input.tensor, input.dims), ...targetFeeds(fragment, explained) };
    const result = await session.run(feeds, [GRADIENT.gradient]);
    const own = tensor === info.input.name ? info.input.shape : undefined;
    return { tensor, shape: own ?? shape, data: result[GRADIENT.gradient]!.data as Float32Array };
  } finally {
    await session.release();
  }
}
