/** What a reader may count on: no file imports itself by way of others, files are short, and folders are small. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, importGraph } from './support/imports';
import { project } from './support/shared';

const SOURCE = /\.tsx?$/;
const MOST_LINES = 300;
const MOST_FILES = 15;
/** Folders whose files are all of one kind may have more. */
const OF_ONE_KIND: ReadonlySet<string> = new Set([
  'src/core/gradients/rules',
  'src/core/methods',
  'src/core/metrics',
  'test/support',
]);

/** A way through the imports that ends in the file where it began, or undefined. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  function follow(file: string): string[] | undefined {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    way.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = follow(target);
      if (circle) return circle;
    }
    way.pop();
    return undefined;
  }
  for (const file of imports.keys()) {
    const circle = follow(file);
    if (circle) return circle;
  }
  return undefined;
}

describe('structure', () => {
  it('no imports go in a circle, types included', () => {
    const files = ['src', 'webview', 'test'].flatMap((folder) => filesUnder(folder, SOURCE));
    const imports = importGraph(files);
    assert.ok([...imports.values()].flat().length > files.length, 'few imports were found');
    assert.equal(circleIn(imports)?.join(' -> '), undefined);
  });

  it('a circle is found', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['d']],
      ['d', ['b']],
    ]);
    assert.deepEqual(circleIn(imports), ['b', 'c', 'd', 'b']);
    assert.equal(circleIn(new Map([...imports, ['d', []]])), undefined);
  });

  it(`files have at most ${MOST_LINES} lines`, () => {
    const files = ['src', 'webview', 'test', 'scripts'].flatMap((folder) =>
      filesUnder(folder, /\.(tsx?|mjs|cjs|js|css|html|py)$/),
    );
    const lines = (file: string) => readFileSync(project(file), 'utf8').trimEnd().split('\n').length;
    assert.deepEqual(
      files.filter((file) => lines(file) > MOST_LINES).map((file) => `${file}: ${lines(file)} lines`),
      [],
    );
  });

  it(`folders have at most ${MOST_FILES} source files, unless all are of one kind`, () => {
    const counts = new Map<string, number>();
    for (const file of ['src', 'webview', 'test', 'scripts'].flatMap((folder) => filesUnder(folder, /\.(tsx?|mjs)$/))) {
      const folder = path.posix.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    assert.deepEqual(
      [...counts].filter(([folder, count]) => count > MOST_FILES && !OF_ONE_KIND.has(folder)),
      [],
    );
  });
});
