/** Methods, their options and comparisons on the command line. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { exportEnds, groupCam, groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { readMap } from '../support/maps';
import { project } from '../support/shared';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
const FEW = ['--method', 'rise', '--option', 'masks=24', '--option', 'cells=5'];

describe('cli: methods', () => {
  const folder = testFolder();

  it('--option and --seed reach the method, and the seed decides the map', async () => {
    const map = async (...more: readonly string[]) => {
      const line = await groupCam('explain', SCENE, ...FEW, '--npy', folder.at('m.npy'), '--json', ...more);
      assert.equal(JSON.parse(line).passes, 1 + 24);
      return [...(readMap(folder.at('m.npy')).value as Float32Array)];
    };
    const first = await map('--seed', '3');
    assert.deepEqual(await map('--seed', '3'), first);
    assert.notDeepEqual(await map('--seed', '4'), first);
  });

  it('a map with a sign is written with it', async () => {
    await groupCam('explain', SCENE, '--method', 'input-x-gradient', '--npy', folder.at('m.npy'));
    const values = [...(readMap(folder.at('m.npy')).value as Float32Array)];
    assert.equal(Math.max(...values.map(Math.abs)), 1);
    assert.ok(values.some((value) => value < 0) && values.some((value) => value > 0));
  });

  it('--contrast moves the map from what both classes share', async () => {
    const at = async (...more: readonly string[]) => {
      await groupCam('explain', SCENE, '--class', 'cat', '--method', 'hires-cam', '--npy', folder.at('m.npy'), ...more);
      return [...(readMap(folder.at('m.npy')).value as Float32Array)];
    };
    assert.notDeepEqual(await at('--contrast', 'dog'), await at());
  });

  it('--layer may be repeated: the mean of the maps, under both names', async () => {
    const info = JSON.parse(await groupCam('inspect', project('media', 'demo', 'demo-objects.onnx'), '--json'));
    const names: string[] = info.layers.slice(-2).map(({ tensor }: { tensor: string }) => tensor);
    const map = async (...layers: readonly string[]) => {
      const options = layers.flatMap((layer) => ['--layer', layer]);
      const line = await groupCam(
        ...['explain', SCENE, '--method', 'grad-cam', ...options, '--npy', folder.at('m.npy'), '--json'],
      );
      return { layer: JSON.parse(line).layer, values: [...(readMap(folder.at('m.npy')).value as Float32Array)] };
    };
    const [first, second, both] = [await map(names[0]!), await map(names[1]!), await map(...names)];
    assert.equal(both.layer, names.join(' + '));
    const mean = first.values.map((value, i) => (value + second.values[i]!) / 2);
    const [low, high] = [Math.min(...mean), Math.max(...mean)];
    const apart = both.values.map((value, i) => Math.abs(value - (mean[i]! - low) / (high - low)));
    assert.ok(Math.max(...apart) < 1e-5, `${Math.max(...apart)}`);
  });

  it('--compare writes one sheet, of as many cells as methods', async () => {
    const output = folder.at('sheet.png');
    const methods = 'grad-cam,score-cam,input-x-gradient,eigen-cam';
    const lines = await groupCam(
      'explain',
      SCENE,
      '--class',
      'dog',
      '--compare',
      methods,
      '--output',
      output,
      '--json',
    );
    assert.deepEqual(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).method),
      methods.split(','),
    );
    const { width, height } = await sharp(readFileSync(output)).metadata();
    // Two cells by two, of pictures of 320 pixels under their titles.
    assert.deepEqual([width, height], [2 * 320 + 3 * 12, 2 * (320 + 28) + 3 * 12]);
    const centre = (column: number, row: number) => ({
      left: 12 + column * 332 + 10,
      top: 12 + row * 360 + 38,
      width: 300,
      height: 300,
    });
    const cells = await Promise.all(
      [0, 1, 2, 3].map((i) =>
        sharp(output)
          .extract(centre(i % 2, i >> 1))
          .raw()
          .toBuffer(),
      ),
    );
    for (const [i, cell] of cells.entries()) {
      assert.ok(new Set(cell).size > 50, `cell ${i} is a picture`);
      for (const other of cells.slice(i + 1)) assert.ok(!cell.equals(other));
    }
  });

  it('with --contrast, the captions of the sheet name the other class, and a line names a layer only where one is used', async () => {
    const output = folder.at('contrast.png');
    const question = ['--class', 'dog', '--contrast', 'cat', '--compare', 'grad-cam,gradient', '--output', output];
    const { code, stdout, stderr } = await groupCamEnds(['explain', SCENE, ...question]);
    assert.equal(code, 0, stderr);
    const lines = `${stdout}\n${stderr}`.split('\n');
    // The titles of all cells are the description of the picture.
    assert.ok(
      readFileSync(output).includes('Grad-CAM: dog rather than cat; Gradient: dog rather than cat'),
      'titles of the sheet',
    );
    const about = (method: string) => lines.find((line) => line.includes(`, ${method}, `)) ?? '';
    assert.match(about('grad-cam'), /, layer \S+, grad-cam, /);
    assert.doesNotMatch(about('gradient'), /layer/);
    assert.notEqual(about('gradient'), '');
  });

  const refused: readonly (readonly [why: string, args: readonly string[], message: RegExp])[] = [
    ['an unknown method', ['--method', 'grad'], /--method grad: must be one of group-cam, .*xrai/],
    ['an unknown method to compare', ['--compare', 'grad-cam,grad', '--output', 's.png'], /--compare grad-cam,grad/],
    ['a comparison without a place', ['--compare', 'grad-cam,rise'], /--compare .*--output/],
    [
      'a method beside those of a comparison',
      ['--method', 'rise', '--compare', 'grad-cam,cam', '--output', 's.png'],
      /'--compare <.*>' cannot be used with option '--method <name>'/,
    ],
    ['a frame of numbers that are not written', ['--npy-frame', 'image'], /--npy-frame image: .*given with --npy/],
    ['a comparison of maps as numbers', ['--compare', 'rise', '--output', 's.png', '--npy', 'm.npy'], /--npy/],
    [
      'an option of a method without options',
      ['--method', 'grad-cam', '--option', 'groups=5'],
      /--option groups: must be left out: grad-cam has no options; only group-cam has groups\./,
    ],
    [
      'an option of another method',
      ['--method', 'rise', '--option', 'steps=3'],
      /--option steps: must be one of masks, .*, the options of rise; only integrated-gradients, xrai have steps\./,
    ],
    ...(
      [
        ['--variant', 'official'],
        ['--groups', '5'],
        ['--theta', '60'],
        ['--blur-kernel', '21'],
        ['--blur-sigma', '9'],
      ] as const
    ).map(([flag, value]): (typeof refused)[number] => [
      `${flag} for a method without it`,
      ['--method', 'grad-cam', flag, value],
      new RegExp(
        `^error: ${flag} ${value}: must be left out: grad-cam has no such option, only group-cam has it\\.\n$`,
      ),
    ]),
    [
      'a flag that none of the compared methods has',
      ['--compare', 'rise,cam', '--output', 's.png', '--groups', '5'],
      /--groups 5: must be left out: rise, cam have no such option, only group-cam has it\./,
    ],
    [
      'a layer for a method that looks at none',
      ['--method', 'rise', '--layer', 'x'],
      /--layer x: must be left out: rise has no such option, only group-cam, .*recipro-cam have it\./,
    ],
    [
      'a flag for the map that a model makes itself',
      ['--method', 'own', '--theta', '60'],
      /--theta 60: must be left out: own has no such option/,
    ],
    [
      'an option of the map that a model makes itself',
      ['--method', 'own', '--option', 'groups=5'],
      /--option groups=5: must be left out: own has no options\./,
    ],
    ['a weight without a contrast', ['--contrast-weight', '2'], /--contrast-weight 2: must be given with --contrast\./],
    [
      'an option out of its bounds',
      ['--method', 'rise', '--option', 'masks=0'],
      /masks 0: must be a whole number from 1/,
    ],
    ['an option without a value', ['--option', 'grouping'], /--option grouping: must be name=value/],
    ['a class against itself', ['--class', 'cat', '--contrast', 'cat'], /contrast 10: must be another class/],
    ['an unknown class in contrast', ['--contrast', 'kat'], /class "kat"/],
  ];
  for (const [why, args, message] of refused) {
    it(`refuses ${why}`, async () => {
      const { code, stdout, stderr } = await groupCamEnds(['explain', SCENE, ...args]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, message);
    });
  }

  it('takes a flag that one of several methods has, and a seed with any', async () => {
    const output = folder.at('few-groups.png');
    const flags = ['--groups', '3', '--seed', '5', '--output', output, '--json'];
    const lines = await groupCam('explain', SCENE, '--compare', 'grad-cam,group-cam', ...flags);
    const [, groups] = lines.trim().split('\n');
    assert.equal(JSON.parse(groups!).scores.length, 3);
  });

  it('says that an option has no effect beside another one', async () => {
    const explained = async (...args: readonly string[]) =>
      (await groupCamEnds(['explain', SCENE, '--groups', '3', '--json', ...args])).stderr;
    assert.equal(
      await explained('--theta', '60', '--variant', 'official'),
      'theta: without effect unless variant is paper\n',
    );
    assert.equal(await explained('--option', 'seed=3'), 'seed: without effect unless grouping is k-means\n');
    assert.equal(await explained('--theta', '60'), '');
  });

  const exported: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [
      ['--groups', '5'],
      /^error: --groups 5: must be left out: grad-cam has no such option, only group-cam has it\.\n$/,
    ],
    [['--blur-sigma', '9'], /^error: --blur-sigma 9: must be left out: grad-cam has no such option, only group-cam/],
  ];
  for (const [args, message] of exported) {
    it(`export refuses ${args[0]} for a method without it`, async () => {
      const model = project('media', 'demo', 'demo-objects.onnx');
      const output = folder.at('never.onnx');
      const { code, stderr } = await exportEnds(model, output, '--method', 'grad-cam', ...args);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.ok(!existsSync(output));
    });
  }

  it('evaluate, time and sanity refuse a layer that none of their methods looks at', async () => {
    const ends = [
      ['time', SCENE, '--methods', 'rise', '--layer', 'x'],
      ['sanity', SCENE, '--methods', 'gradient,occlusion', '--layer', 'x'],
      ['evaluate', SCENE, '--methods', 'rise', '--layer', 'x', '--report', folder.at('never')],
    ].map((args) => groupCamEnds(args));
    for (const { code, stderr } of await Promise.all(ends)) {
      assert.equal(code, 1);
      assert.match(stderr, /^error: --layer x: must be left out: .* no such option, only group-cam, /);
    }
  });
});
