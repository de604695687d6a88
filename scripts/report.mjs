// Measured parts of pages that are written by hand otherwise.
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';

/**
 * Replaces what stands between `<!-- name -->` and `<!-- end of name -->`.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} text
 */
export function replacePart(file, name, text) {
  changePart(file, name, () => text);
}

/**
 * Replaces what a part says of this machine's processor, under a line that names it. What was measured on other processors
 * stays, after it.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} how such as `medians of 5 runs`
 * @param {string} text
 * @param {{ readonly processor: string, readonly version: string }} [machine] its processors, and its version of Node
 */
export function replaceMeasured(file, name, how, text, { processor, version } = thisMachine()) {
  changePart(file, name, (before) => {
    const others = before.split(/^(?=\d+ × )/m).filter((measured) => measured && !measured.startsWith(`${processor},`));
    const own = `${processor}, Node ${version}, ${how}\n\n${text}`;
    return [own, ...others].map((measured) => measured.trim()).join('\n\n');
  });
}

export const thisMachine = () => ({
  processor: `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`,
  version: process.version,
});

/**
 * @param {string} file
 * @param {string} name
 * @param {(before: string) => string} change
 */
function changePart(file, name, change) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file}: no ${begin} and ${end}`);
  const start = from + begin.length;
  writeFileSync(file, `${page.slice(0, start)}\n${change(page.slice(start, to).trim())}\n${page.slice(to)}`);
}

/** @param {readonly (readonly string[])[]} lines the head first */
export function table(lines) {
  const [head = [], ...body] = lines;
  return [head, head.map(() => '---'), ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
