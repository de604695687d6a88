import { DEFAULT_OPTIONS, METHODS, type Method, VARIANTS, type Variant } from '../core/types';
import type { Terminal } from './terminal';
import { table } from './text';

const METHOD_TEXTS: { readonly [M in Method]: string } = {
  'group-cam': 'Group-CAM (arXiv 2103.13859): masks from groups of channels, weighed by the class score they keep',
  'grad-cam': 'Grad-CAM (arXiv 1610.02391): channels weighed by their mean gradient; also the first frame of group-cam',
};

const VARIANT_TEXTS: { readonly [V in Variant]: string } = {
  paper: 'as the paper describes it: masks de-noised at a percentile and normalised, scores of either sign',
  official: "as the authors' published code: no percentile, no negative scores, masks summed before normalisation",
  'gradient-free': 'groups of plain activations; only the scores depend on the class',
};

export function methods(json: boolean, terminal: Terminal): void {
  const named = <T extends string>(names: readonly T[], texts: { readonly [N in T]: string }) =>
    names.map((name) => ({ name, description: texts[name] }));
  const listed = { methods: named(METHODS, METHOD_TEXTS), variants: named(VARIANTS, VARIANT_TEXTS) };
  if (json) {
    terminal.put({ ...listed, defaults: DEFAULT_OPTIONS });
    return;
  }
  const rows = (entries: typeof listed.variants | typeof listed.methods) =>
    table(entries.map(({ name, description }) => [name, description]));
  terminal.say(
    `methods (--method)\n${rows(listed.methods)}\n\nvariants of group-cam (--variant)\n${rows(listed.variants)}`,
  );
}
