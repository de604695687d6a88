/** Labels that are escape sequences or formulas, in the terminal and in tables. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { CLASSIFIER, tinyModel } from '../support/tiny-model';

const SCENE = project('media', 'demo', 'dataset', 'cat', '01.jpg');
const FORMULA = '=HYPERLINK("http://example.org")';
const ESCAPE = '+\u001b[2J\u202e-1';

describe('cli: what labels may be called', () => {
  const { at, write } = testFolder();
  const model = () => {
    write('m.explain.json', { labels: 'labels.txt', layer: 'relu' });
    write('labels.txt', `${FORMULA}\n${ESCAPE}\n`);
    return write('m.onnx', tinyModel(CLASSIFIER));
  };

  it('a terminal gets no escape sequence, and JSON has the label unchanged', async () => {
    const explain = (...more: readonly string[]) =>
      groupCamEnds(['explain', SCENE, '--model', model(), '--class', '1', '--device', 'cpu', ...more]);
    const text = await explain();
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stderr, /\+\ufffd\[2J\ufffd-1 \(class 1\)/);
    assert.doesNotMatch(text.stderr.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    const json = await explain('--json');
    assert.equal(JSON.parse(json.stdout).label, ESCAPE);
    assert.doesNotMatch(json.stdout.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    const refused = await groupCamEnds(['explain', `no\u001b[2J\n.png`, '--verbose']);
    assert.equal(refused.code, 1);
    assert.doesNotMatch(refused.stderr.replaceAll('\n', ''), /\p{Cc}/u);
    assert.match(refused.stderr, /^error: ExplainError: no\ufffd\[2J \.png: no such image/m);
  });

  it('a sheet is drawn under any label', async () => {
    const options = ['--compare', 'grad-cam,rise', '--option', 'masks=8', '--output', at('sheet.png')];
    const { code, stderr } = await groupCamEnds(['explain', SCENE, '--model', model(), '--class', '1', ...options]);
    assert.equal(code, 0, stderr);
  });

  it('a table holds no formula, its numbers are numbers, and it can be read as a list', async () => {
    write('set/=a.jpg', readFileSync(SCENE));
    write('list.csv', 'image,class\nset/=a.jpg,0\n=b.jpg,1\n');
    write('=b.jpg', readFileSync(SCENE));
    const options = ['--methods', 'grad-cam', '--metric-option', 'step=32', '--model', model(), '--report', at('out')];
    const { code, stderr } = await groupCamEnds(['evaluate', at('list.csv'), ...options]);
    assert.equal(code, 0, stderr);
    const rows: Record<string, string>[] = parse(readFileSync(at('out', 'images.csv')), { columns: true });
    assert.deepEqual([...new Set(rows.map(({ label }) => label))], [`'${FORMULA}`, `'${ESCAPE}`]);
    assert.ok(rows.some(({ image }) => image === "'=b.jpg (1)"));
    for (const row of rows) {
      for (const cell of Object.values(row)) assert.ok(!/^[=+@\t\r]/.test(cell), cell);
      assert.ok(Number.isFinite(Number(row['overall'])), row['overall']);
    }
    assert.ok(
      rows.some((row) => row['overall']!.startsWith('-')),
      'a negative number as it is',
    );
    write('again.csv', "image,class\n'=b.jpg,1\n");
    const again = await groupCamEnds(['evaluate', at('again.csv'), ...options.slice(0, -1), at('out2')]);
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stderr, /skipped/);
  });
});
