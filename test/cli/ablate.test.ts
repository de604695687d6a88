/** Sweeps of a method's options on the command line. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { groupCam, groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';

const SCENES = project('media', 'demo', 'scenes');
const COARSE = ['--metric-option', 'step=50', '--limit', '2'];

describe('cli: ablate', () => {
  const folder = testFolder();

  it('evaluates each value, and continues a stopped run', async () => {
    const report = folder.at('out');
    const args = ['ablate', SCENES, '--sweep', 'groups=1,8', '--sweep', 'theta=100', ...COARSE, '--report', report];
    await groupCam(...args);
    const { method, scores, sweeps } = JSON.parse(readFileSync(folder.at('out', 'ablation.json'), 'utf8'));
    assert.equal(method, 'group-cam');
    assert.deepEqual(Object.keys(scores), ['insertion', 'deletion', 'overall']);
    const [groups, theta] = sweeps;
    assert.deepEqual(
      groups.points.map(({ value, images }: { value: string; images: number }) => [value, images]),
      [
        ['1', 2],
        ['8', 2],
      ],
    );
    assert.notDeepEqual(groups.points[0].scores, groups.points[1].scores);
    // Nothing is above the hundredth percentile: every mask is empty.
    assert.deepEqual([theta.option, theta.points[0].blank], ['theta', 2]);

    const svg = readFileSync(folder.at('out', 'ablation.svg'), 'utf8');
    // Two rows of three scores, with a mark for each value.
    assert.match(svg, /<title>.* by .*<\/title>/);
    assert.match(svg, /viewBox="0 0 900 440"/);
    assert.equal(svg.match(/<circle/g)!.length, 3 * (2 + 1));

    const journal = folder.at('out', 'groups=8', 'journal.jsonl');
    const before = readFileSync(journal, 'utf8');
    await groupCam(...args);
    assert.equal(readFileSync(journal, 'utf8'), before);
  });

  it('refuses a malformed --sweep, and an option that the method does not have', async () => {
    const refused = async (sweep: string) => {
      const { code, stderr } = await groupCamEnds(['ablate', SCENES, '--sweep', sweep, '--report', folder.at('r')]);
      assert.equal(code, 1);
      assert.ok(!existsSync(folder.at('r', 'ablation.json')));
      return stderr;
    };
    assert.match(await refused('theta'), /--sweep theta: must be name=value,value/);
    assert.match(await refused('steps=1,2'), /steps: must be one of variant, groups/);
  });
});
