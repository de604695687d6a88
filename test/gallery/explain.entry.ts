/**
 * Explains every photograph by every model and method, for scripts/gallery.mjs. A line of JSON for each map is appended to a
 * file; what the file has already is not computed again.
 *
 * Arguments: the file, every how many photographs one is explained with all passes, then names of methods, or all.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { METHODS, type MethodName } from '../../src/core/methods/names';
import type { OptionValues } from '../../src/core/options';
import { createService } from '../../src/engine/service';
import { FEWER, GALLERY_MODELS, outcomeOf, photographs } from '../support/gallery';

async function main([file, every, ...names]: string[]): Promise<void> {
  const service = createService();
  const lines = existsSync(file!) ? readFileSync(file!, 'utf8').split('\n').filter(Boolean) : [];
  const known = new Set(lines.map(keyOf));
  const images = photographs();
  const methods = METHODS.filter((method) => names.length === 0 || names.includes(method));
  // Model by model, since the engine keeps the sessions of few.
  for (const model of GALLERY_MODELS) {
    for (const [i, image] of images.entries()) {
      for (const method of methods) {
        const own: OptionValues = i % Number(every) === 0 ? {} : (FEWER[method] ?? {});
        const task = { model, image, method, own };
        if (known.has(keyOf(JSON.stringify(task)))) continue;
        const outcome = await outcomeOf(service, model, image, method as MethodName, own);
        appendFileSync(file!, `${JSON.stringify({ ...task, ...outcome })}\n`);
        if (outcome.state === 'blank') console.log(`${model}, ${image}, ${method}: ${outcome.reason}`);
      }
      console.log(`${model}: ${i + 1} of ${images.length} photographs`);
    }
  }
}

function keyOf(line: string): string {
  const { model, image, method } = JSON.parse(line);
  return JSON.stringify([model, image, method]);
}

main(process.argv.slice(2)).catch((thrown) => {
  console.error(thrown);
  process.exitCode = 1;
});
