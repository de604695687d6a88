/** The program for a card, on the CPU in its place. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isMet, tableOf } from '../bench/gpu/figures';
import { testFolder } from '../support/folder';
import { onlyNightly, project } from '../support/shared';

const MODEL = project('media', 'demo', 'demo-objects.onnx');
/** The figures of each step. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  'map on the device against the CPU': ['map on the device against the CPU'],
  '33 plain passes': ['33 plain passes'],
  'Group-CAM over 33 plain passes': ['Group-CAM over 33 plain passes'],
  'ways to run Group-CAM': [
    'one graph over single passes',
    'one graph in float16 over single passes',
    'map by one graph against single passes',
    "ranks of masks' scores in half floats against float32",
    'way that the race takes',
  ],
  'Group-CAM over PyTorch': ['Group-CAM over PyTorch'],
  'rate of a sweep with maps over plain passes': ['rate of a sweep with maps over plain passes'],
  'exported graph over Group-CAM': ['exported graph over Group-CAM'],
};
const FIGURES = Object.values(STEPS).flat();

describe('the measurements on a card', () => {
  const { at } = testFolder();
  const run = (...more: readonly string[]) => {
    const program = project('out', 'test', 'bench', 'gpu', 'gpu.entry.js');
    const pictures = project('media', 'demo', 'scenes');
    const args = ['--device', 'cpu', '--repeat', '1', '--out', at(), '--pictures', pictures, ...more, MODEL];
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    const figures = readFileSync(at('figures.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { status, said: `${stdout}\n${stderr}`, figures: figures.filter(({ model }) => model !== '') };
  };

  it('are written down in any case, and fail if time runs out', () => {
    const { status, said, figures } = run('--minutes', '0');
    assert.equal(status, 1);
    assert.match(said, /The time was not enough for every step/);
    assert.deepEqual(
      figures.map(({ what, detail }) => [what, detail]),
      Object.keys(STEPS).map((what) => [what, '0 minutes are over']),
    );
  });

  for (const minutes of onlyNightly(['8']))
    it('pass on the CPU, and have a figure for every step but the one of PyTorch', () => {
      const { status, said, figures } = run('--minutes', minutes);
      assert.equal(status, 0, said);
      assert.deepEqual(
        figures.map(({ what }) => what),
        FIGURES,
      );
      for (const { what, measured, detail } of figures)
        if (what === 'Group-CAM over PyTorch') assert.match(detail, /not one of torchvision/);
        else if (what === 'way that the race takes') assert.match(detail, /^the race takes (passes|one graph)/);
        else if (what.startsWith('map ')) assert.ok(measured < 1e-5, `a CPU agrees with itself: ${what}`);
        else assert.ok(measured > 0, `${what}: ${measured}`);
      assert.equal(readFileSync(at('table.md'), 'utf8').match(/^\| demo-objects \|/gm)!.length, FIGURES.length);
    });

  it('say whether a limit is met', () => {
    const figure = { model: 'm', what: 'w', detail: 'a|b', measured: 1.3 };
    const most = { bound: 1.2, by: 'at most' } as const;
    assert.equal(isMet(figure), undefined);
    assert.equal(isMet({ ...figure, limit: most }), false);
    assert.equal(isMet({ ...figure, measured: undefined, limit: most }), undefined);
    assert.equal(isMet({ ...figure, limit: { bound: 1.2, by: 'at least' } }), true);
    const [, , row, none] = tableOf([
      { ...figure, limit: most },
      { ...figure, measured: undefined },
    ]).split('\n');
    assert.equal(row, '| m | w | 1.30 | at most 1.2 | NO | a/b |');
    assert.equal(none, '| m | w | - |  |  | a/b |');
  });
});
