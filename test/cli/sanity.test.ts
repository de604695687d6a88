/** Sanity checks on the command line. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { groupCam, groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');

describe('cli: sanity', () => {
  const folder = testFolder();

  it('prints steps and verdicts, and writes the maps side by side', async () => {
    const output = folder.at('strip.png');
    const args = ['--methods', 'grad-cam,gradient', '--class', 'dog', '--steps', '2', '--seeds', '2', '--seed', '5'];
    const line = await groupCam('sanity', SCENE, ...args, '--randomise', 'cascading', '--json', '--output', output);
    const { class: explained, methods } = JSON.parse(line);
    assert.equal(explained.label, 'dog');
    assert.deepEqual(
      methods.map(({ method }: { method: string }) => method),
      ['grad-cam', 'gradient'],
    );
    for (const { steps, maps, verdict } of methods) {
      assert.deepEqual(
        steps.map(({ depth, compared, blank }: Record<string, number>) => [depth, compared! + blank!]),
        [
          [1, 2],
          [11, 2],
        ],
      );
      assert.deepEqual(
        maps.map(({ seed }: { seed: number }) => seed),
        [5, 5, 6, 6],
      );
      assert.match(verdict, /^Grad/);
    }
    // A row of three for each method: the original and two depths.
    const { width, height } = await sharp(output).metadata();
    assert.deepEqual([width, height], [12 + 3 * 332, 12 + 2 * 360]);
  });

  it('names an option that is wrong', async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await groupCamEnds(['sanity', SCENE, ...args]);
      assert.equal(code, 1);
      return stderr;
    };
    assert.match(await refused('--randomise', 'all'), /--randomise all: must be some of cascading, independent/);
    assert.match(await refused('--methods', 'cam,grad'), /--methods cam,grad: must be names/);
    assert.match(await refused('--class', 'kat'), /class "kat"/);
  });
});
