import assert from 'node:assert/strict';
import { isModelConfig, readConfig, readPreprocessor } from '../../../src/core/model/hugging-face';

const IMAGENET = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const NORMALISED = { mean: IMAGENET.image_mean, std: IMAGENET.image_std };

describe('preprocessor_config.json', () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'google/vit-base-patch16-224',
      { do_normalize: true, do_resize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size: 224 },
      { width: 224, height: 224, fit: 'stretch', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    ],
    [
      'google/mobilenet_v2_1.0_224',
      { do_center_crop: true, crop_size: { height: 224, width: 224 }, size: { shortest_edge: 256 }, ...IMAGENET },
      { width: 224, height: 224, fit: 'crop', resize: 256, ...NORMALISED },
    ],
    [
      'facebook/convnext-tiny-224',
      { crop_pct: 0.875, size: { shortest_edge: 224 }, rescale_factor: 0.00392156862745098, ...IMAGENET },
      { width: 224, height: 224, fit: 'crop', resize: 256, ...NORMALISED },
    ],
    [
      'microsoft/resnet-50',
      { crop_pct: 0.875, size: 224, ...IMAGENET },
      { width: 224, height: 224, fit: 'crop', resize: 256, ...NORMALISED },
    ],
    [
      'facebook/convnext-base-384',
      { crop_pct: 1, size: 384, ...IMAGENET },
      { width: 384, height: 384, fit: 'stretch', ...NORMALISED },
    ],
    [
      'apple/mobilevit-small',
      {
        crop_size: 256,
        do_center_crop: true,
        do_flip_channel_order: true,
        do_normalize: false,
        size: { shortest_edge: 288 },
      },
      { width: 256, height: 256, fit: 'crop', resize: 288, color: 'BGR', mean: 0, std: 1 },
    ],
    [
      'a size without a crop, pixels as they are',
      { size: { height: 192, width: 256 }, do_center_crop: false, crop_size: 224, do_rescale: false, ...IMAGENET },
      { width: 256, height: 192, fit: 'stretch', scale: 1, ...NORMALISED },
    ],
    [
      'only a shortest edge',
      { size: { shortest_edge: 160 } },
      { width: 160, height: 160, fit: 'crop', resize: 160, mean: undefined, std: undefined },
    ],
    ['nothing of use', { size: 'large', image_mean: ['a'] }, { mean: undefined, std: undefined }],
  ];
  for (const [name, json, expected] of cases)
    it(`of ${name}`, () => {
      const { input } = readPreprocessor(json).conventions;
      assert.deepEqual(input, { color: 'RGB', scale: 1 / 255, ...expected });
    });

  it('tells what it asks for and does not get', () => {
    const deit = { resample: 3, size: { height: 256, width: 256 }, do_center_crop: true, crop_size: 224 };
    const notes = readPreprocessor(deit).notes.join('; ');
    assert.match(notes, /bicubic/);
    assert.match(notes, /stretching before the crop/);
    assert.deepEqual(readPreprocessor({ resample: 2, size: { shortest_edge: 256 }, crop_size: 224 }).notes, []);
  });
});

describe('config.json', () => {
  it('of transformers has names by index, and says if several may hold', () => {
    const json = { model_type: 'resnet', id2label: { '1': 'dog', '0': 'cat, tabby' } };
    assert.deepEqual(readConfig(json).conventions.names, ['cat, tabby', 'dog']);
    assert.equal(readConfig(json).conventions.output, undefined);
    const several = readConfig({ ...json, problem_type: 'multi_label_classification' });
    assert.deepEqual(several.conventions.output, { activation: 'sigmoid' });
  });

  it('of timm has the preprocessing in pretrained_cfg, and names with descriptions', () => {
    const json = {
      architecture: 'resnet50',
      label_names: ['n01440764', 'n01443537'],
      label_descriptions: { n01440764: 'tench, Tinca tinca' },
      pretrained_cfg: {
        input_size: [3, 288, 288],
        crop_pct: 0.95,
        crop_mode: 'center',
        interpolation: 'bicubic',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
    };
    const { conventions, notes } = readConfig(json);
    // timm: floor(288 / 0.95) = 303
    const geometry = { width: 288, height: 288, fit: 'crop', resize: 303 };
    assert.deepEqual(conventions.input, { ...geometry, color: 'RGB', scale: 1 / 255, ...NORMALISED });
    assert.deepEqual(conventions.names, ['tench, Tinca tinca', 'n01443537']);
    assert.match(notes.join(), /bicubic/);
  });

  for (const [mode, part, fit] of [
    ['squash', 1, 'stretch'],
    ['squash', 0.9, 'crop'],
    ['border', 1, 'pad'],
    ['center', 1, 'crop'],
  ] as const)
    it(`timm's crop mode ${mode} with ${part} of the image is ${fit}`, () => {
      const pretrained_cfg = { input_size: [3, 224, 224], crop_pct: part, crop_mode: mode };
      assert.equal(readConfig({ pretrained_cfg }).conventions.input?.fit, fit);
    });

  it('of another program is told apart', () => {
    assert.equal(isModelConfig({ compilerOptions: {}, name: 'site' }), false);
    assert.equal(isModelConfig({ model_type: 'vit' }), true);
    assert.equal(isModelConfig({ architecture: 'resnet18', pretrained_cfg: {} }), true);
  });
});
