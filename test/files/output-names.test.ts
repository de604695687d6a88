/** What the command line writes: never over what it reads, and not over pictures of others. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npyBytes } from '../../src/files/npy';
import { assertOneLine } from '../cli/refusals';
import { groupCamEnds } from '../support/cli';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { CLASSIFIER, tinyModel } from '../support/tiny-model';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');

describe('cli: outputs', () => {
  const { at, write } = testFolder();
  const photo = (name = 'photo.png') => write(name, readFileSync(SCENE));
  const model = () => {
    write('m.explain.json', { labels: 'labels.txt', layer: 'relu' });
    write('labels.txt', 'cat\ndog\n');
    return write('m.onnx', tinyModel(CLASSIFIER));
  };
  const explain = (...args: readonly string[]) => {
    const method = args.includes('--compare') ? [] : ['--method', 'grad-cam'];
    return groupCamEnds(['explain', ...args, '--model', model(), ...method, '--device', 'cpu']);
  };

  /** Runs, must say why nothing is written, and leaves every file as it is. */
  async function refused(message: RegExp, run: () => ReturnType<typeof groupCamEnds>): Promise<void> {
    model();
    const files = () =>
      readdirSync(at(), { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile());
    const contents = () =>
      new Map(files().map(({ parentPath, name }) => [name, readFileSync(path.join(parentPath, name))]));
    const before = contents();
    assertOneLine(await run(), message);
    assert.deepEqual(contents(), before);
  }

  it('explain: an empty name is refused', async () => {
    const own = photo();
    await refused(/--output : must be a \.png file or a folder/, () => explain(own, '--output', ''));
    await refused(/--npy : must be a \.npy file or a folder/, () => explain(own, '--npy', ''));
  });

  it('explain: a name in capitals is that of a picture, too', async () => {
    const own = photo();
    write('other.PNG', readFileSync(SCENE));
    await refused(/other\.PNG: /, () => explain(own, '--output', at('other.PNG')));
    await explain(own, '--output', at('map.PNG'));
    assert.ok(existsSync(at('map.PNG')));
  });

  it('explain: not the image, not a link to it, not the model, whether or not it is forced', async () => {
    const own = photo();
    const reads = /photo\.png: not written, since this run reads .*photo\.png there/;
    await refused(reads, () => explain(own, '--output', own));
    await refused(reads, () => explain(own, '--output', own, '--force'));
    await refused(reads, () => explain(own, '--output', own, '--compare', 'grad-cam,rise'));
    linkSync(own, at('other.png'));
    await refused(/other\.png: not written/, () => explain(own, '--output', at('other.png')));
    const tensor = write('t.npy', npyBytes({ shape: [1, 3, 8, 8], data: new Float32Array(192) }));
    await refused(/t\.npy: not written/, () => explain('--tensor', tensor, '--npy', tensor));
  });

  it('explain: not the image of another one of the run, which is called as its own map is', async () => {
    const [one, other] = [photo('a.png'), photo('a.0.png')];
    const before = readFileSync(other);
    const { code, stderr } = await explain(one, other, '--class', '0', '--output', `${at()}${path.sep}`);
    assert.equal(code, 1);
    assert.match(stderr, /error: .*a\.0\.png: not written, since this run reads/);
    assert.deepEqual(readFileSync(other), before);
    assert.ok(existsSync(at('a.0.0.png')), 'the other image is explained');
  });

  it('explain: a picture of somebody else only by force, our own and data at once', async () => {
    const [own, theirs] = [photo(), photo('theirs.png')];
    await refused(/theirs\.png: .*did not draw.*--force/, () => explain(own, '--output', theirs));
    for (const more of [['--force'], []]) {
      const { code, stderr } = await explain(own, '--output', theirs, '--npy', at('x.npy'), ...more);
      assert.equal(code, 0, stderr);
    }
    const sheet = await explain(own, '--output', theirs, '--compare', 'grad-cam,hires-cam');
    assert.equal(sheet.code, 0, sheet.stderr);
  });

  it('gradient: neither its tensor nor any file of the model, the sidecar that it has not yet among them', async () => {
    const tensor = write('t.npy', npyBytes({ shape: [1, 3, 8, 8], data: new Float32Array(192) }));
    const gradient = (npy: string) =>
      groupCamEnds(['gradient', '--model', at('m.onnx'), '--tensor', tensor, '--class', '1', '--npy', npy]);
    for (const name of ['t.npy', 'm.onnx', 'm.explain.json', 'labels.txt', 'config.json'])
      await refused(new RegExp(`${name}: not written`), () => gradient(at(name)));
    const written = await gradient(at('g.npy'));
    assert.equal(written.code, 0, written.stderr);
  });

  it('sanity: not the image', async () => {
    const own = photo();
    await refused(/photo\.png: not written/, () =>
      groupCamEnds(['sanity', own, '--model', at('m.onnx'), '--methods', 'grad-cam', '--output', own]),
    );
  });

  it('evaluate and ablate: not the list, and not the mapping', async () => {
    photo();
    const list = write('images.csv', 'image,class\nphoto.png,0\n');
    const mapping = write('ablation.json', '{}');
    const options = ['--model', at('m.onnx'), '--report', at()];
    await refused(/images\.csv: not written/, () => groupCamEnds(['evaluate', list, ...options]));
    const sweep = ['--sweep', 'groups=1,2', '--mapping', mapping];
    await refused(/ablation\.json: not written/, () => groupCamEnds(['ablate', list, ...options, ...sweep]));
    assert.ok(!existsSync(at('journal.jsonl')));
  });

  it('pictures that Group-CAM drew are left out of folders, of lists and of several images', async () => {
    mkdirSync(at('set', 'cat'), { recursive: true });
    const image = at('set', 'cat', '01.jpg');
    copyFileSync(project('media', 'demo', 'dataset', 'cat', '01.jpg'), image);
    const drawn = at('set', 'cat', '01.cat.grad-cam.heatmap.png');
    assert.equal((await explain(image, '--output', drawn)).code, 0);
    const options = ['--model', model(), '--methods', 'grad-cam', '--metric-option', 'step=32', '--no-baselines'];
    const { code, stderr } = await groupCamEnds(['evaluate', at('set'), ...options, '--report', at('out')]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /left out, since Group-CAM has drawn them: .*01\.cat\.grad-cam\.heatmap\.png\n/);
    const { items } = JSON.parse(readFileSync(at('out', 'report.json'), 'utf8'));
    assert.equal(items, 1);
    const several = await explain(image, drawn, '--json');
    assert.equal(several.stdout.trim().split('\n').length, 1);
    assert.match(several.stderr, /left out/);
    const alone = await explain(drawn, '--json');
    assert.equal(alone.stdout.trim().split('\n').length, 1);
  });
});
