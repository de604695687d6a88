/** What ARCHITECTURE.md and CONTRIBUTING.md say of files and zones is true. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { filesUnder, importGraph } from './support/imports';
import { project } from './support/shared';

const SOURCE = /\.tsx?$/;
const text = readFileSync(project('ARCHITECTURE.md'), 'utf8');
const contributing = readFileSync(project('CONTRIBUTING.md'), 'utf8');
const sources = ['src', 'webview', 'test'].flatMap((folder) => filesUnder(folder, SOURCE));

/** A kind of file, and an example of one to come. */
const NOT_THERE: ReadonlySet<string> = new Set(['tsconfig.json', 'rules/Foo.ts']);

const zoneOf = (file: string) => /^(?:src\/)?(\w+)/.exec(file)![1]!;

describe('ARCHITECTURE.md', () => {
  it('names files and folders that exist, as CONTRIBUTING.md does', () => {
    const files = [...`${text}\n${contributing}`.matchAll(/`([\w./-]+\.(?:tsx?|mjs|json|md))`/g)].map(
      (match) => match[1]!,
    );
    assert.ok(files.length > 60, `found ${files.length} files`);
    const isThere = (name: string) =>
      existsSync(project(name)) || sources.some((file) => file.endsWith(`/${name}`)) || NOT_THERE.has(name);
    assert.deepEqual(
      files.filter((name) => !isThere(name)),
      [],
    );
    const folders = [...`${text}\n${contributing}`.matchAll(/`((?:src|test|webview)(?:\/[\w-]+)*)`/g)].map(
      (match) => match[1]!,
    );
    assert.deepEqual(
      folders.filter((name) => !existsSync(project(name))),
      [],
    );
  });

  it('has a figure of zones that is drawn from the imports', () => {
    const figure = /flowchart TD\n([\s\S]*?)```/.exec(text)![1]!;
    const drawn = [...figure.matchAll(/(\w+) --> (\w+)/g)].map(([, from, to]) => `${from} --> ${to}`);
    const imported = new Set<string>();
    for (const [file, targets] of importGraph(sources.filter((name) => !name.startsWith('test/')))) {
      for (const target of targets) {
        const [from, to] = [zoneOf(file), zoneOf(target)];
        if (from !== to) imported.add(`${from} --> ${to}`);
      }
    }
    assert.deepEqual(drawn.sort(), [...imported].sort());
  });

  for (const walk of ['From the right-click on an image to the canvas', 'From the choice of another class']) {
    it(`goes ${walk} in at most ten steps, each with a file`, () => {
      const section = text.slice(text.indexOf(`**${walk}`)).split(/\n(?=\*\*From|## )/)[0]!;
      const steps = section.split(/\n(?=\d+\. )/).slice(1);
      assert.ok(steps.length > 5 && steps.length <= 10, `${steps.length} steps`);
      assert.deepEqual(
        steps.filter((step) => !/`[\w./-]+\.tsx?`/.test(step) && !step.includes('the same way')),
        [],
      );
    });
  }
});
