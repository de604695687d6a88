/** Data from outside is read by schemas, so that no code acts on a form that nobody has checked. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { filesUnder } from './support/imports';
import { project } from './support/shared';

/** What gives values of any form, the one place that may use it, and how it is used there. */
const SOURCES: readonly (readonly [what: RegExp, file: string, use: RegExp])[] = [
  [/\bJSON\.parse\b/, 'src/core/schema.ts', /json: unknown;\s+try \{\s+json = JSON\.parse\(text\);/],
  [/\bXMLParser\(/, 'src/core/annotations/voc.ts', /parse\(VOC, PARSER\.parse\(xml\)/],
  [/import\('js-yaml'\)|from 'js-yaml'/, 'src/core/model/yaml.ts', /file: unknown;\s+try \{\s+file = load\(text\);/],
];

const sources = () => ['src', 'webview'].flatMap((folder) => filesUnder(folder, /(?<!\.d)\.tsx?$/));

describe('data from outside', () => {
  for (const [what, file, use] of SOURCES)
    it(`${what.source} is used in ${file} alone, and its result goes through a schema`, () => {
      const users = sources().filter((source) => what.test(readFileSync(project(source), 'utf8')));
      assert.deepEqual(users, [file]);
      assert.match(readFileSync(project(file), 'utf8'), use);
    });

  it('whatever has a type of any form is not declared', () => {
    const declares = /(:|\bas|<)\s*any\b(?!\w)/;
    const declared = sources().filter((source) =>
      readFileSync(project(source), 'utf8')
        .split('\n')
        .some((line) => declares.test(line.replace(/\/\/.*|^\s*\*.*|\/\*.*\*\//, ''))),
    );
    assert.deepEqual(declared, []);
  });
});
