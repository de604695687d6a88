import { VARIANTS, type Variant } from '../core/cam/variants';
import { DEFAULT_OPTIONS } from '../core/methods/choice';
import { methods as all, type MethodInfo } from '../core/methods/method-table';
import type { ChoiceOption, NumberOption } from '../core/options';
import type { Terminal } from './terminal';
import { table } from './text';

const VARIANT_TEXTS: { readonly [V in Variant]: string } = {
  paper: 'as the paper describes it: masks de-noised at a percentile and normalised, scores of either sign',
  official: "as the authors' published code: no percentile, no negative scores, masks summed before normalisation",
  'gradient-free': 'groups of plain activations; only the scores depend on the class',
};

export function methods(json: boolean, terminal: Terminal): void {
  const described = Object.entries<MethodInfo>(all).map(([name, { title, paper, needs, ofClass, options }]) => {
    return { name, title, paper, needs, ofClass: ofClass ?? true, options };
  });
  const variants = VARIANTS.map((name) => ({ name, description: VARIANT_TEXTS[name] }));
  if (json) {
    terminal.put({ methods: described, variants, defaults: DEFAULT_OPTIONS });
    return;
  }
  const sections = described.flatMap(({ name, title, paper, needs, ofClass, options }) => {
    const scope = ofClass ? '' : '; the same map for every class';
    const rows = Object.entries(options).map(([key, option]) => [
      `  ${key}=${option.default}`,
      rangeOf(option),
      option.title,
    ]);
    return [`  ${name}: ${title} (${paper})`, `    needs ${needs.join(', ')}${scope}`, ...table(rows)];
  });
  terminal.say([
    'methods (--method), each with its options (--option name=value) and their defaults',
    ...sections,
    '',
    'variants of group-cam (--variant)',
    ...table(variants.map(({ name, description }) => [name, description])),
  ]);
}

function rangeOf(option: NumberOption | ChoiceOption): string {
  return 'choices' in option ? option.choices.join(' | ') : `${option.min} to ${option.max}`;
}
