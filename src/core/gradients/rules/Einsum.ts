/**
 * Y = einsum(A, B, ...): dA is an einsum of dY and the other inputs, whose result has A's labels. Labels that only A
 * has were summed over, so the gradient is constant along them.
 */
import { stringAttribute } from '../../onnx/model';
import { expand, reshape } from '../../onnx/ops';
import type { Answer, Rule, RuleContext } from '../rule';

export const Einsum: Rule = (c) => {
  const { terms, output } = labelsOf(c);
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.entries()) {
    if (new Set(term).size < term.length) throw c.failure(`it repeats a label of one input (${term.join('')})`);
    for (const [axis, label] of term.entries())
      sizes.set(label, Math.max(sizes.get(label) ?? 1, c.input(i).dims[axis]!));
  }
  const gradient = (wanted: number): Answer => {
    const others = terms.flatMap((term, i) => (i === wanted ? [] : [{ term, ...c.input(i) }]));
    const known = (label: string) =>
      output.includes(label)
        ? sizes.get(label)!
        : Math.max(1, ...others.map(({ term, dims }) => dims[term.indexOf(label)] ?? 1));
    const own = terms[wanted]!;
    const kept = own.filter((label) => output.includes(label) || others.some(({ term }) => term.includes(label)));
    const equation = `${[output, ...others.map(({ term }) => term)].map((term) => term.join('')).join(',')}->${kept.join('')}`;
    const sum = c.emit.op('Einsum', [c.dy, ...others.map(({ name }) => name)], { equation: { string: equation } });
    const dims = own.map((label) => sizes.get(label)!);
    const found = own.map(known);
    const apart = kept.length < own.length ? reshape(c.emit, sum, found) : sum;
    return { tensor: found.some((dim, axis) => dim !== dims[axis]) ? expand(c.emit, apart, dims) : apart, dims };
  };
  return terms.map((_, i) => (c.wants(i) ? gradient(i) : undefined));
};

/** The labels of each input's and of the output's axes, with letters in place of an ellipsis. */
function labelsOf(c: RuleContext): { terms: string[][]; output: string[] } {
  const equation = stringAttribute(c.node, 'equation', '').replaceAll(/\s/g, '');
  const [left, right] = equation.split('->') as [string, string?];
  const spare = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].filter((l) => !equation.includes(l));
  const written = left.split(',');
  const hidden = written.map((term, i) =>
    term.includes('...') ? c.input(i).dims.length - term.replace('...', '').length : 0,
  );
  // All ellipses share letters: a shorter one stands for the last axes of the longest.
  const ellipsis = spare.slice(0, Math.max(...hidden));
  const spell = (term: string, axes: number) => [
    ...term.replace('...', ellipsis.slice(ellipsis.length - axes).join('')),
  ];
  const terms = written.map((term, i) => spell(term, hidden[i]!));
  const single = [...new Set(left.replaceAll(/[,.]/g, ''))].filter((label) => left.split(label).length === 2).sort();
  return { terms, output: right === undefined ? [...ellipsis, ...single] : spell(right, ellipsis.length) };
}
