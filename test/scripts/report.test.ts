/** Measured parts of pages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { testFolder } from '../support/folder';
import { reportScript } from '../support/scripts';

const page = (...measured: string[]) =>
  `Text\n\n<!-- part -->\n${measured.join('\n\n')}\n<!-- end of part -->\n\nMore\n`;
const on = (processor: string) => ({ processor, version: 'v20' });

describe('a measured part of a page', () => {
  const folder = testFolder();

  it('keeps what was measured on other processors, and replaces what was on the same one', async () => {
    const { replaceMeasured } = await reportScript();
    const file = folder.write('page.md', 'Text\n\n<!-- part -->\n<!-- end of part -->\n\nMore\n');
    replaceMeasured(file, 'part', 'one run', '| 1 |', on('2 × One'));
    assert.equal(readFileSync(file, 'utf8'), page('2 × One, Node v20, one run', '| 1 |'));
    replaceMeasured(file, 'part', 'one run', '| 2 |', on('4 × One'));
    const four = ['4 × One, Node v20, one run', '| 2 |'];
    assert.equal(readFileSync(file, 'utf8'), page(...four, '2 × One, Node v20, one run', '| 1 |'));
    replaceMeasured(file, 'part', 'two runs', '| 3 |\n\n| 4 |', on('2 × One'));
    assert.equal(readFileSync(file, 'utf8'), page('2 × One, Node v20, two runs', '| 3 |', '| 4 |', ...four));
  });

  it('that a page lacks is an error that names both', async () => {
    const { replacePart } = await reportScript();
    const file = folder.write('page.md', page());
    assert.throws(() => replacePart(file, 'other', ''), /page\.md: no <!-- other --> and <!-- end of other -->/);
    assert.equal(readFileSync(file, 'utf8'), page());
  });
});
