/**
 * The two classes with the most masks that are not constant, so that as many passes as possible are needed.
 *
 * Arguments: model, input (.npy), how many classes to try.
 */
import { isConstant, makeMask } from '../../src/core/cam/masks';
import { channelWeights, denoise, groupMaps } from '../../src/core/cam/split';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { METHOD_OPTIONS } from '../../src/core/methods/method-options';
import { classTarget } from '../../src/core/target/class-scores';
import { prepareInput } from '../../src/engine/pictures/prepare';
import { networkOf } from '../../src/engine/sessions/method-network';
import { firstPass } from '../../src/engine/sessions/passes';
import { createSessions } from '../../src/engine/sessions/sessions';
import { finish } from './measure';

async function main([model, tensor, count]: string[]): Promise<void> {
  const explainer = await createSessions().explainerFor({ path: model! }, 'cpu', ['feature-gradient']);
  const work = { signal: { aborted: false }, passes: 0 };
  const state = await firstPass(
    explainer,
    await prepareInput({ tensor: tensor! }, explainer.info),
    DEFAULT_CHOICE.blur,
    work,
  );
  const { features, input, featureGradient } = networkOf(explainer, state, DEFAULT_CHOICE.blur, work);
  const { groups, theta } = METHOD_OPTIONS['group-cam'];
  const found = [];
  for (let target = 0; target < Number(count); target++) {
    const weights = channelWeights(
      await featureGradient(classTarget(explainer.info.labels.value, { class: target })),
      features.channels,
    );
    const masks = groupMaps(features, weights, groups.default)
      .map((map) => denoise(map, theta.default))
      .map((map) => makeMask(map, features, input.height, input.width));
    found.push({ target, masks: masks.filter((mask) => !isConstant(mask)).length });
  }
  found.sort((a, b) => b.masks - a.masks);
  finish({ classes: found.slice(0, 2).map(({ target }) => target) });
}

void main(process.argv.slice(2));
