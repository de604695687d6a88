import { DEFAULT_CHOICE } from '../core/methods/choice';
import { METHOD_OPTIONS } from '../core/methods/method-options';
import { methods as all, type MethodInfo } from '../core/methods/method-table';
import type { Option } from '../core/options';
import type { Terminal } from './terminal';
import { table } from './text';

export function methods(json: boolean, terminal: Terminal): void {
  const described = Object.entries<MethodInfo>(all).map(([name, method]) => {
    const { title, paper, ofClass = true, options } = method;
    return { name, title, paper, needs: method.needsWith({}), ofClass, options };
  });
  const { variant, groups, theta } = METHOD_OPTIONS['group-cam'];
  const variants = variant.choices.map((name) => ({ name, description: variant.texts![name] }));
  if (json) {
    const { method, blur } = DEFAULT_CHOICE;
    const defaults = {
      ...{ method, variant: variant.default, groups: groups.default, theta: theta.default },
      ...{ blurKernel: blur.kernel, blurSigma: blur.sigma },
    };
    terminal.put({ methods: described, variants, defaults });
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

function rangeOf(option: Option): string {
  return 'choices' in option ? option.choices.join(' | ') : `${option.min} to ${option.max}`;
}
