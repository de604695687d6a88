import assert from 'node:assert/strict';
import { whyNoVulkan } from '../../../src/engine/runtime/vulkan';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';

describe('engine: drivers of Vulkan', () => {
  const folder = testFolder();
  const why = (environment = {}) => whyNoVulkan(environment, folder.at('home'), folder.at('root'));

  it('are looked for where its loader does', () => {
    assert.equal(why(), 'no driver of Vulkan is installed');
    assert.equal(why({ VK_ICD_FILENAMES: '/any.json' }), undefined);
    folder.write('root/usr/share/vulkan/icd.d/readme.txt', '');
    assert.equal(why(), 'no driver of Vulkan is installed');
    folder.write('root/usr/share/vulkan/icd.d/card.json', '{}');
    assert.equal(why(), undefined);
    assert.equal(why({ XDG_DATA_DIRS: folder.at('elsewhere') }), 'no driver of Vulkan is installed');
    folder.write('elsewhere/vulkan/icd.d/card.json', '{}');
    assert.equal(why({ XDG_DATA_DIRS: `/nowhere:${folder.at('elsewhere')}` }), undefined);
    folder.write('root/run/opengl-driver/share/vulkan/icd.d/card.json', '{}');
    assert.equal(why({ XDG_DATA_DIRS: '/nowhere' }), undefined);
  });

  it('that are missing are told in one line, without what native code prints', async function () {
    if (process.platform !== 'linux' || whyNoVulkan() === undefined) {
      console.warn('SKIPPED: a driver of Vulkan may be here, or none is needed');
      this.skip();
    }
    const scene = project('media', 'demo', 'scenes', 'cat-and-dog.png');
    const { code, stderr } = await groupCamEnds(['explain', scene, '--device', 'webgpu']);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'error: device webgpu: not available here (no driver of Vulkan is installed). Use another device, or auto.\n',
    );
  });
});
