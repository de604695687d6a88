/** Bad images, tensors, options and outputs. */
import assert from 'node:assert/strict';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npyBytes } from '../../src/files/npy';
import { groupCamEnds } from '../support/cli';
import { hugePng } from '../support/huge-png';
import { project } from '../support/shared';
import { assertOneLine, DEMO, SCENE, scratch } from './refusals';

describe('cli: bad input', () => {
  const { folder, write, refused } = scratch();

  describe('images and tensors', () => {
    const jpeg = () => readFileSync(project('media', 'demo', 'dataset', 'cat', '01.jpg'));
    it('a truncated JPEG', () => refused(/cut\.jpg: not a readable image/, write('cut.jpg', jpeg().subarray(0, 5000))));
    it('a zero-byte image', () => refused(/empty\.jpg: .*the file is empty/, write('empty.jpg', '')));
    it('text named .png', () => refused(/text\.png: not a readable image/, write('text.png', 'words')));
    it('an image that is not there', () => refused(/no\.png: no such image/, path.join(folder(), 'no.png')));
    it('no image at all', () => refused(/no image to explain/));
    it('images and a tensor', () => refused(/--tensor x\.npy: .*in place of images/, SCENE, '--tensor', 'x.npy'));
    it('a tensor of the wrong shape', () => {
      const file = write('bad.npy', npyBytes({ shape: [1, 3, 4, 4], data: new Float32Array(48) }));
      return refused(/bad\.npy: shape \[1, 3, 4, 4\] does not fit .*\[1, 3, 128, 128\]/, '--tensor', file);
    });
    it('a tensor file that is no .npy', () =>
      refused(/text\.npy: not a readable \.npy/, '--tensor', write('text.npy', 'words')));

    it('30,000 x 30,000 pixels, without reading them', async () => {
      const file = path.join(folder(), 'huge.png');
      await hugePng(30_000, createWriteStream(file));
      const peak = write(
        'peak.cjs',
        "process.on('exit', () => require('fs').writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)));",
      );
      const peakOf = async (image: string, message: RegExp) => {
        const env = { ...process.env, NODE_OPTIONS: `--require ${peak}`, PEAK: path.join(folder(), 'peak.txt') };
        assertOneLine(await groupCamEnds(['explain', image], env), message);
        return Number(readFileSync(env.PEAK, 'utf8')) / 1024;
      };
      const base = await peakOf(path.join(folder(), 'no.png'), /no such image/);
      const grown = (await peakOf(file, /huge\.png: 30000 x 30000 pixels; the limit is 100 megapixels/)) - base;
      assert.ok(grown < 100, `memory grew by ${grown} MB`);
    });
  });

  describe('options and outputs', () => {
    const options: readonly [readonly string[], RegExp][] = [
      [['--groups', '0'], /--groups 0: must be a whole number from 1/],
      [['--groups', '2.5'], /--groups 2\.5/],
      [['--theta', '101'], /--theta 101: must be a number from 0 to 100/],
      [['--theta', ''], /--theta : /],
      [['--blur-kernel', '50'], /--blur-kernel 50: must be an odd number/],
      [['--blur-sigma', '0'], /--blur-sigma 0: must be a number above 0/],
      [['--top', '-1'], /--top -1/],
      [['--seed', 'x'], /--seed x/],
      [['--method', 'lime'], /--method lime: must be one of group-cam, grad-cam/],
      [['--variant', 'new'], /--variant new: must be one of paper, official, gradient-free/],
      [['--device', 'tpu'], /--device tpu: must be one of auto, cpu, webgpu/],
      [['--device', process.platform === 'win32' ? 'coreml' : 'dml'], /device (coreml|dml): not available here/],
      [['--colour'], /unknown option '--colour'/],
      [['--output', 'x.jpg'], /--output x\.jpg: must be a \.png file, or a folder/],
      [['--class', 'cat', '--class', 'dog'], /--npy .*x\.npy: must be a folder/],
    ];
    for (const [args, message] of options) it(args.join(' '), () => refused(message, SCENE, ...args));

    it('two images of one stem', async () => {
      const twin = write('twins/cat-and-dog.png', readFileSync(SCENE));
      const ended = await groupCamEnds(['explain', SCENE, twin, '--output', path.join(folder(), 'out')]);
      assertOneLine(
        ended,
        /cat-and-dog\.<class>\.png: both .*cat-and-dog\.png and .*cat-and-dog\.png would be written/,
      );
      assert.ok(!readdirSync(folder()).includes('out'), 'before anything is run');
    });

    it('an output that can not be written', async () => {
      const file = write('plain', 'a file, not a folder');
      for (const option of ['--output', '--npy']) {
        const name = path.join(file, option === '--npy' ? 'x.npy' : 'x.png');
        assertOneLine(
          await groupCamEnds(['explain', SCENE, '--groups', '2', option, name]),
          /plain.x\.(npy|png): can't be written/,
        );
      }
      assert.equal(readFileSync(file, 'utf8'), 'a file, not a folder');
    });

    it('shows the stack only with --verbose', async () => {
      const { code, stderr } = await groupCamEnds(['explain', path.join(folder(), 'no.png'), '--verbose']);
      assert.equal(code, 1);
      assert.match(stderr, /no\.png: no such image file\.\n +at /);
    });
  });

  describe('other commands', () => {
    const tensor = () =>
      write('input.npy', npyBytes({ shape: [1, 3, 128, 128], data: new Float32Array(3 * 128 * 128) }));
    const npy = () => path.join(folder(), 'gradient.npy');
    const given = () => ['gradient', '--model', DEMO, '--tensor', tensor(), '--npy', npy()];
    const cases: readonly [string, () => string[], RegExp][] = [
      ['gradient without a class', () => given(), /required option '--class <index>'/],
      ['gradient of a label', () => [...given(), '--class', 'cat'], /--class cat: must be the index of a class/],
      ['gradient of a class beyond the last', () => [...given(), '--class', '99'], /class "99"/],
      ['gradient to no tensor', () => [...given(), '--class', '1', '--wrt', 'nope'], /no layer "nope"/],
      ['inspect of no file', () => ['inspect', 'no.onnx'], /no\.onnx: no such model file/],
      ['an unknown command', () => ['explode'], /unknown command 'explode'/],
    ];
    for (const [what, args, message] of cases) {
      it(what, async () => {
        assertOneLine(await groupCamEnds(args()), message);
        assert.ok(!readdirSync(folder()).includes('gradient.npy'), 'nothing is written');
      });
    }
  });
});
