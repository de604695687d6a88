/** Explains one image by several methods, and draws the maps on one sheet. */
import { ExplainError } from '../core/errors';
import { METHOD_NAMES } from '../core/methods/names';
import { DEFAULT_STYLE } from '../core/style';
import { type Cell, contactSheet } from '../engine/pictures/sheet';
import type { Outputs } from '../files/output';
import type { Explanation } from '../protocol/explanation';
import type { ExplainParams, Service } from '../protocol/requests';
import type { Terminal } from './terminal';
import { contrastText } from './text';

/**
 * If a method can't be used with the model, its cell shows the reason.
 *
 * @param requests one for each method
 * @param said called with each explanation
 * @param output returns the name of the file for a class
 */
export async function compareMethods(
  requests: readonly ExplainParams[],
  said: (explanation: Explanation) => void,
  output: (classIndex: number) => string,
  outputs: Outputs,
  service: Service,
  terminal: Terminal,
): Promise<void> {
  const context = { signal: terminal.signal, emit() {} };
  const cells: Cell[] = [];
  let last: Explanation | undefined;
  let refused: unknown;
  for (const params of requests) {
    const { title } = METHOD_NAMES[params.method];
    try {
      last = await service.explain(params, context);
      said(last);
      const drawing = { kind: 'overlay', explanation: last, image: params.image, style: DEFAULT_STYLE } as const;
      const { bytes } = await service.render(drawing, context);
      cells.push({ title: [`${title}: ${last.label}`, contrastText(last)].filter(Boolean).join(' '), content: bytes! });
    } catch (thrown) {
      if (!(thrown instanceof ExplainError && thrown.code === 'method-unsuitable')) throw thrown;
      refused = thrown;
      cells.push({ title, content: { note: thrown.message } });
      terminal.say(thrown.message);
    }
  }
  if (!last) throw refused;
  const file = output(last.class);
  await outputs.write(file, await contactSheet(cells));
  terminal.say(`  written: ${file}`);
}
