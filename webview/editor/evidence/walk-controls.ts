/** Which curve is followed, how far, and whether the image there is shown. */
import { h } from '../../dom';
import { checkbox } from '../../toolkit';
import { WALKED, type Walk, type Walked } from './walk';

const TITLES: Readonly<Record<Walked, string>> = { insertion: 'Insertion', deletion: 'Deletion' };

export function createWalkControls(walk: (change: Partial<Walk>) => void) {
  const choices = WALKED.map((metric) => {
    const input = h('input', { type: 'radio', name: 'walk', value: metric, 'data-testid': `walk-${metric}` });
    input.addEventListener('change', () => walk({ metric }));
    return { metric, input, root: h('label', {}, input, TITLES[metric]) };
  });
  const input = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    'aria-label': 'Step of the curve',
    'data-testid': 'step',
  });
  const text = h('output', { class: 'step-text', 'data-testid': 'step-text' });
  const shown = checkbox('Image at this step', 'In the place of the heat (Escape hides it)', 'step-shown', (on) => {
    if (on !== isShown) walk({ shown: on });
  });
  const root = h(
    'div',
    { class: 'walk', role: 'group', 'aria-label': 'Along the curve' },
    h(
      'div',
      { class: 'walk-choices', role: 'radiogroup', 'aria-label': 'Curve' },
      ...choices.map((choice) => choice.root),
    ),
    input,
    h('div', { class: 'walk-row' }, text, shown),
  );
  let fractions: readonly number[] = [];
  let isShown = false;
  input.addEventListener('input', () => walk({ fraction: fractions[input.valueAsNumber]!, shown: true }));

  return {
    root,
    /**
     * @param steps shares of the pixels at the points of the curve; none while there is no curve
     * @param words what is so at that point
     */
    show({ metric, shown: on }: Walk, steps: readonly number[], point: number, words: string): void {
      fractions = steps;
      for (const choice of choices) choice.input.checked = choice.metric === metric;
      root.hidden = steps.length === 0;
      input.max = String(Math.max(steps.length - 1, 0));
      input.value = String(point);
      input.style.setProperty('--filled', `${(100 * point) / Math.max(steps.length - 1, 1)}%`);
      input.setAttribute('aria-valuetext', words);
      text.textContent = words;
      isShown = on;
      shown.checked = on;
    },
  };
}
