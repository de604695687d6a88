// Measured parts of pages that are written by hand otherwise.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Replaces what stands between `<!-- name -->` and `<!-- end of name -->`.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} text
 */
export function replacePart(file, name, text) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const page = readFileSync(file, 'utf8');
  const [before, after] = [page.split(begin)[0], page.split(end)[1]];
  if (after === undefined) throw new Error(`${file}: no ${begin} and ${end}`);
  writeFileSync(file, `${before}${begin}\n${text}\n${end}${after}`);
}

/** @param {readonly (readonly string[])[]} lines the head first */
export function table(lines) {
  const [head = [], ...body] = lines;
  return [head, head.map(() => '---'), ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
