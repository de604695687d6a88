/** Running times on the command line: what is counted, not how much it is. */
import assert from 'node:assert/strict';
import { groupCam, groupCamEnds } from '../support/cli';
import { project } from '../support/shared';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');

describe('cli: time', () => {
  it('each run includes the forward pass of the image itself', async () => {
    const lines = await groupCam(
      'time',
      SCENE,
      '--methods',
      'grad-cam,rise',
      '--option',
      'masks=9',
      '--repeat',
      '2',
      '--json',
    );
    const times = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      times.map(({ method, passes, device }) => [method, passes, device]),
      [
        ['grad-cam', 1, 'cpu'],
        ['rise', 1 + 9, 'cpu'],
      ],
    );
    for (const { milliseconds, fastest, slowest } of times)
      assert.ok(0 < fastest && fastest <= milliseconds && milliseconds <= slowest);
  });

  it('names the image that is missing', async () => {
    const { code, stderr } = await groupCamEnds(['time', 'none.png']);
    assert.equal(code, 1);
    assert.match(stderr, /none\.png/);
  });
});
