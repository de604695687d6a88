/** Queries with names that nothing has. */
import assert from 'node:assert/strict';
import { testFolder } from '../../../support/folder';
import { made } from '../made';

const COUNT = 400;
const NO_EVENTS = { signal: new AbortController().signal, emit() {} };

describe('names in queries of a run file', () => {
  const folder = testFolder();

  it('with a class that there is not say where and which are near, and of tags and splits a hint says so', async () => {
    const run = await made(folder.at('r.groupcam'), COUNT, 300);
    const { list: all } = await run.list({ version: 1, query: '', first: 0 }, NO_EVENTS);
    run.tag({ version: 1, of: { list: all, ranges: [[10, 20]] }, tag: 'relabel', on: true }, NO_EVENTS);
    const list = async (query: string) => run.list({ version: 1, query, first: 0 }, NO_EVENTS);
    const FAULTS = [
      [
        'true = zebra',
        /^query, at character 8 \("zebra"\): no class is called "zebra" \(there are: cats, dog, ice, none, cat and 3 more\)\.$/,
      ],
      ['wrong and (true != "Dogs" or hit)', /at character 20 \(.*no class is called "Dogs" \(near: "dog"\)\.$/],
      ['predicted = "ice creem"', /called "ice creem" \(near: "ice cream"/],
      ['not PREDICTED=brd limit 3', /at character 15 .*\(near: "bird"/],
    ] as const;
    for (const [query, message] of FAULTS) await assert.rejects(list(query), { code: 'query-invalid', message });
    const without = ['true = cat', 'true = none', 'tag = relabel', 'split = val', 'path ~ true', 'tag = ""'];
    for (const query of without) assert.equal((await list(query)).hints, undefined, query);
    const { hints, count } = await list('tag = relable or split = test or tag != relable');
    assert.deepEqual(hints, [
      'No image has the tag "relable" (near: "relabel").',
      'No image has the split "test" (there are: train, val).',
    ]);
    assert.equal(count, COUNT);
    run.close();
  });
});
