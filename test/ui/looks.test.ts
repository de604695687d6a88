/** What is drawn of the demo, in one window: its scenes, maps side by side, and all of it in other themes. */
import { rmSync } from 'node:fs';
import { inOneWindow, SCENES } from './harness';
import { comparison, makeZoo } from './looks/comparison';
import { scenes } from './looks/scenes';
import { themes } from './looks/themes';

describe('what is drawn of the demo', () => {
  const zoo = makeZoo();
  after(() => rmSync(zoo, { recursive: true, force: true }));
  inOneWindow({ settings: { 'groupCam.colormap': 'grey' }, files: { ...SCENES, zoo } }, [scenes, comparison, themes]);
});
