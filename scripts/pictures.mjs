// `npm run pictures [datasets|walkthrough]`: the README's pictures of datasets and those of the walkthrough, as tests of a
// real VS Code take them, into media.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { build } from './build.mjs';
import { root, run, runMain, SetupError } from './host/run.mjs';

const taken = path.join(root, 'test-results', 'screenshots');

/**
 * @typedef {object} Pictures
 * @property {string} test takes the pictures
 * @property {RegExp} file a picture's name
 * @property {(name: string) => string} goal where it goes, below media
 */

/** @type {Readonly<Record<string, Pictures>>} */
const KINDS = {
  datasets: {
    test: 'out/test/ui/dataset/shortcut.test.js',
    file: /^readme-(.*)\.png$/,
    goal: (name) => `dataset-${name}.png`,
  },
  walkthrough: {
    test: 'out/test/ui/start/newcomer.test.js',
    file: /^walkthrough-(.*)\.png$/,
    goal: (name) => path.join('walkthrough', `${name}.webp`),
  },
};

runMain(async () => {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !(name in KINDS));
  if (unknown) throw new SetupError(`${unknown}: no such pictures; there are ${Object.keys(KINDS).join(' and ')}`);
  await build();
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  // The last pictures of a test may be left out otherwise.
  process.env['NIGHTLY'] = 'true';
  for (const [kind, { test, file, goal }] of Object.entries(KINDS)) {
    if (named.length > 0 && !named.includes(kind)) continue;
    const code = await run(process.execPath, [mocha, test]);
    if (code !== 0) throw new SetupError(`the tests that take the pictures ended with ${code}`);
    for (const picture of readdirSync(taken)) {
      const name = file.exec(picture)?.[1];
      if (name === undefined) continue;
      const output = path.join(root, 'media', goal(name));
      const image = sharp(path.join(taken, picture));
      const encoded = output.endsWith('.webp')
        ? image.webp({ quality: 80 })
        : image.png({ palette: true, quality: 90, effort: 10 });
      const { size } = await encoded.toFile(output);
      console.log(`${output} (${Math.round(size / 1000)} kB)`);
    }
  }
});
