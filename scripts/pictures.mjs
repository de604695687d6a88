// `npm run pictures`: the README's pictures of datasets, as test/ui/dataset/shortcut.test.ts takes them, into media.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { build } from './build.mjs';
import { root, run, runMain, SetupError } from './host/run.mjs';

const taken = path.join(root, 'test-results', 'screenshots');

runMain(async () => {
  await build();
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const code = await run(process.execPath, [mocha, 'out/test/ui/dataset/shortcut.test.js']);
  if (code !== 0) throw new SetupError(`the tests that take the pictures ended with ${code}`);
  for (const file of readdirSync(taken)) {
    const name = /^readme-(.*)\.png$/.exec(file)?.[1];
    if (name === undefined) continue;
    const picture = path.join(root, 'media', `dataset-${name}.png`);
    const { size } = await sharp(path.join(taken, file))
      .png({ palette: true, quality: 90, effort: 10 })
      .toFile(picture);
    console.log(`${picture} (${Math.round(size / 1000)} kB)`);
  }
});
