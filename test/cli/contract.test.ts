import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VARIANTS } from '../../src/core/cam/variants';
import { METHODS } from '../../src/core/methods/names';
import { readNpy } from '../../src/files/npy';
import { groupCam, groupCamEnds, startGroupCam } from '../support/cli';
import { correlation, readMap } from '../support/maps';
import { needs, project, shared } from '../support/shared';
import { until } from '../support/wait';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
const SMALL = ['--groups', '4'];

describe('cli: help', () => {
  const options: { readonly [command: string]: readonly string[] } = {
    explain: [
      ...['--model', '--class', '--top', '--layer', '--method', '--variant', '--groups', '--theta', '--blur-kernel'],
      ...[
        '--option',
        '--contrast',
        '--contrast-weight',
        '--compare',
        '--blur-sigma',
        '--device',
        '--output',
        '--npy',
        '--npy-frame',
        '--json',
        '--seed',
        '--verbose',
        '--tensor',
      ],
    ],
    gradient: ['--model', '--tensor', '--class', '--wrt', '--npy'],
    inspect: ['--json'],
    evaluate: [
      ...['--model', '--layer', '--methods', '--option', '--metrics', '--metric-option', '--mapping', '--no-baselines'],
      ...['--limit', '--seed', '--device', '--report', '--verbose'],
    ],
    methods: ['--json'],
  };
  for (const [command, names] of Object.entries(options)) {
    it(`${command} lists every option of the contract`, async () => {
      const help = await groupCam(command, '--help');
      for (const name of names) assert.match(help, new RegExp(`^  ${name}\\b`, 'm'));
    });
  }

  it('names the defaults of the contract', async () => {
    const help = (await groupCam('explain', '--help')).replace(/\s+/g, ' ');
    for (const preset of ['"group-cam"', '"paper"', '32', '70', '51', '50', '"auto"', '0']) {
      assert.ok(help.includes(`(default: ${preset})`), preset);
    }
  });
});

describe('cli: results', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('--json prints one line a pair, with the fields of the contract', async () => {
    const lines = (
      await groupCam('explain', SCENE, '--class', 'dog', '--class', '10', '--top', '3', '--json', ...SMALL)
    )
      .trimEnd()
      .split('\n');
    const [dog, cat] = lines.map((line) => JSON.parse(line));
    assert.equal(lines.length, 2);
    assert.deepEqual(Object.keys(dog), [
      ...['image', 'model', 'method', 'variant', 'layer', 'class', 'label', 'probability', 'top', 'saliency'],
      ...['scores', 'milliseconds', 'device', 'passes'],
    ]);
    assert.deepEqual(Object.keys(dog.saliency), ['min', 'max', 'zero']);
    assert.deepEqual(Object.keys(dog.milliseconds), ['load', 'decode', 'first', 'total']);
    assert.deepEqual([dog.image, dog.class, dog.label, dog.top.length, dog.scores.length], [SCENE, 12, 'dog', 3, 4]);
    assert.deepEqual([cat.class, cat.label, cat.top[0].class], [10, 'cat', 10]);
    assert.ok(path.basename(dog.model) === 'demo-objects.onnx', 'the embedded demo model');
  });

  it('says what it found on stderr, and nothing on stdout', async () => {
    const { code, stdout, stderr } = await groupCamEnds(['explain', SCENE, ...SMALL]);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /cat-and-dog\.png: cat \(class 10\), softmax 72/);
  });

  it('one pair: writes the files that are named, at the sizes of the image and of the input', async () => {
    const [overlay, map] = [path.join(folder, 'new', 'o.png'), path.join(folder, 'm.npy')];
    await groupCam('explain', SCENE, '--output', overlay, '--npy', map, ...SMALL);
    const png = readFileSync(overlay);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [512, 512]);
    const { shape, data } = await readNpy(map);
    assert.deepEqual(shape, [128, 128]);
    assert.deepEqual([Math.min(...data), Math.max(...data)], [0, 1]);
  });

  it('--npy says in whose pixels the map is, and --npy-frame image writes those of the image', async () => {
    const map = path.join(folder, 'm.npy');
    for (const [frame, side, told] of [
      ['input', 128, "128 x 128, in the frame of the network's input"],
      ['image', 512, '512 x 512, in the frame of the image'],
    ] as const) {
      const { stderr } = await groupCamEnds(['explain', SCENE, '--npy', map, '--npy-frame', frame, ...SMALL]);
      assert.ok(stderr.includes(`${map} (${told})`), stderr);
      assert.deepEqual((await readNpy(map)).shape, [side, side]);
    }
  });

  it('several pairs: writes <stem>.<class index> into folders that it makes', async () => {
    const other = project('media', 'demo', 'scenes', 'tiger-and-cat.png');
    const out = path.join(folder, 'a', 'b');
    await groupCam('explain', SCENE, other, '--class', 'cat', '--output', out, '--npy', out, ...SMALL);
    assert.deepEqual(readdirSync(out).sort(), [
      ...['cat-and-dog.10.npy', 'cat-and-dog.10.png', 'tiger-and-cat.10.npy', 'tiger-and-cat.10.png'],
    ]);
  });

  it('one pair into a folder that is there', async () => {
    await groupCam('explain', SCENE, '--npy', folder, ...SMALL);
    assert.deepEqual(readdirSync(folder), ['cat-and-dog.10.npy']);
  });

  it('explains the other images when one is bad, says so and exits with 1', async () => {
    const bad = path.join(folder, 'bad.png');
    writeFileSync(bad, 'text');
    const { code, stdout, stderr } = await groupCamEnds(['explain', bad, SCENE, '--json', ...SMALL]);
    assert.deepEqual([code, stdout.split('\n').length - 1, stderr.split('\n').length - 1], [1, 1, 1]);
    assert.ok(stderr.startsWith(`error: ${bad}: `));
  });

  it('Ctrl-C ends it between two images, with no half-written file', async () => {
    const scenes = project('media', 'demo', 'scenes');
    const images = readdirSync(scenes).flatMap((name) => (name.endsWith('.png') ? [path.join(scenes, name)] : []));
    const out = path.join(folder, 'out');
    const running = startGroupCam(['explain', ...images, '--json', '--npy', out]);
    await until('an image is explained', () => running.said.stdout !== '');
    running.interrupt();
    const { code, stdout, stderr } = await running.ended();
    assert.deepEqual([code, stderr], [1, 'error: cancelled\n']);
    const done = stdout.trimEnd().split('\n').length;
    assert.ok(done < images.length);
    assert.ok(readdirSync(out).every((name) => name.endsWith('.npy')));
  });

  it('--tensor gives the map of the reference', async function () {
    const input = shared('reference', 'cifar10_resnet20', 'case_00', 'input.npy');
    needs(this, input, 'explaining a stored tensor');
    const [map, overlay] = [path.join(folder, 'map.npy'), path.join(folder, 'heat.png')];
    const model = shared('models', 'cifar10_resnet20.onnx');
    await groupCam('explain', '--tensor', input, '--model', model, '--npy', map, '--output', overlay);
    const wanted = readMap(shared('reference', 'cifar10_resnet20', 'case_00', 'saliency.npy'));
    assert.ok(correlation(readMap(map).value, wanted.value) > 0.999999);
    assert.equal(readFileSync(overlay).readUInt32BE(16), 32);
  });

  it('gradient agrees with autograd, for the input and for a layer', async function () {
    const reference = (file: string) => shared('reference', 'cifar10_resnet20', 'case_00', file);
    needs(this, reference('case.json'), 'reference gradients');
    const { class_index: index, layer } = JSON.parse(readFileSync(reference('case.json'), 'utf8'));
    const npy = path.join(folder, 'gradient.npy');
    const model = shared('models', 'cifar10_resnet20.onnx');
    const given = ['--model', model, '--tensor', reference('input.npy'), '--class', String(index), '--npy', npy];
    for (const [more, file] of [
      [[], 'input_gradient.npy'],
      [['--wrt', layer], 'gradient.npy'],
    ] as const) {
      await groupCam('gradient', ...given, ...more);
      const [actual, wanted] = [await readNpy(npy), await readNpy(reference(file))];
      assert.deepEqual(actual.shape, wanted.shape);
      const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted.data[i]!)), 0);
      assert.ok(worst < 1e-3 * largest, `${file}: off by ${worst} of ${largest}`);
    }
  });

  it('inspect tells what a model is', async function () {
    const model = shared('models', 'squeezenet1_1.onnx');
    needs(this, model, 'inspecting a real model');
    const info = JSON.parse(await groupCam('inspect', model, '--json'));
    assert.deepEqual(info.preprocessing.color, { value: 'BGR', origin: 'sidecar' });
    assert.equal(info.output.classes, 1000);
    assert.equal(info.layer.value, '/features/features.12/Concat_output_0');
    const layer = info.layers.find(({ tensor }: { tensor: string }) => tensor === info.layer.value);
    const { channels, u, v } = layer;
    assert.deepEqual(layer.shape, [1, channels, u, v]);
    const { stderr } = await groupCamEnds(['inspect', model]);
    assert.match(stderr, /^ {2}color +BGR +sidecar$/m);
    assert.match(stderr, /^ {2}\* +\/features\/features\.12\/Concat_output_0 +Concat/m);
  });

  it('--version prints that of the package', async () => {
    const { version } = JSON.parse(readFileSync(project('package.json'), 'utf8'));
    assert.equal(await groupCam('--version'), `${version}\n`);
  });

  it('methods lists methods and variants', async () => {
    const { methods, variants, defaults } = JSON.parse(await groupCam('methods', '--json'));
    const names = (entries: readonly { name: string }[]) => entries.map(({ name }) => name);
    assert.deepEqual(names(methods), METHODS);
    assert.deepEqual(names(variants), VARIANTS);
    const rise = methods.find(({ name }: { name: string }) => name === 'rise');
    assert.equal(rise.paper, 'arXiv 1806.07421');
    assert.equal(rise.options.masks.default, 4000);
    assert.deepEqual([defaults.groups, defaults.theta], [32, 70]);
  });
});
