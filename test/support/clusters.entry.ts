/**
 * Prints, for pairs of a folder and a model, a row of the table in docs/clusters.md. A folder has `test/` and `truth.json`, or
 * the drawn set of the demo where `scripts/demo.mjs` puts it.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createService } from '../../src/engine/service';
import { imagesUnder, suspectsOf } from './suspects';

const LAYOUTS = [
  { truth: 'truth.json', root: '.', images: 'test' },
  { truth: 'test/data/shortcut/truth.json', root: 'media/demo/shortcut', images: 'shop' },
] as const;

async function main(args: readonly string[]): Promise<void> {
  const service = createService();
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [folder, model] = [args[i]!, args[i + 1]!];
    const layout = LAYOUTS.find(({ truth }) => existsSync(path.join(folder, truth)));
    if (!layout) throw new Error(`${folder} has none of ${LAYOUTS.map(({ truth }) => truth).join(', ')}`);
    const truth: { label: string; marked: string[] } = JSON.parse(
      readFileSync(path.join(folder, layout.truth), 'utf8'),
    );
    const root = path.join(folder, layout.root);
    const marked = new Set(truth.marked.map((file) => path.join(root, file)));
    const suspects = await suspectsOf(service, model, imagesUnder(path.join(root, layout.images)));
    const called = suspects.filter(({ suspicious }) => suspicious);
    const held = called.flatMap(({ images }) => images);
    const ofClass = suspects.filter((one) => one.class === truth.label).flatMap(({ images }) => images);
    const right = held.filter((file) => marked.has(file)).length;
    const scores = (from: typeof suspects) => from.map(({ score }) => score.toFixed(2)).join(', ');
    const highest = scores(suspects.filter(({ suspicious }) => !suspicious).slice(0, 1));
    const names = called.map((one) => one.class).join(', ');
    console.log(
      `| ${path.basename(folder)} | ${path.basename(model)} | ${names || 'none'} | ${scores(called)} | ${highest} | ${right} of ${held.length} | ${right} of ${ofClass.filter((file) => marked.has(file)).length} |`,
    );
  }
}

void main(process.argv.slice(2));
