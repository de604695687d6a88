import assert from 'node:assert/strict';
import { isModelConfig, readConfig, readPreprocessor } from '../../../src/core/model/hugging-face';

const IMAGENET = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const VIT = { image_processor_type: 'ViTImageProcessor' };
/** Without what is not said. */
const said = (input = {}) => JSON.parse(JSON.stringify(input));
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
    ['only a shortest edge', { size: { shortest_edge: 160 } }, { width: 160, height: 160, fit: 'crop', resize: 160 }],
    ['nothing of use', { size: 'large', image_mean: ['a'] }, {}],
  ];
  for (const [name, json, expected] of cases)
    it(`of ${name}`, () => {
      const { input } = readPreprocessor(json).conventions;
      assert.deepEqual(said(input), { color: 'RGB', scale: 1 / 255, ...expected });
    });

  const types: [Record<string, unknown>, Record<string, unknown>][] = [
    [
      { image_processor_type: 'ViTImageProcessor' },
      { fit: 'stretch', width: 224, height: 224, interpolation: 'bilinear' },
    ],
    [{ image_processor_type: 'DeiTImageProcessorFast' }, { fit: 'squash', resize: 256, width: 224, height: 224 }],
    [
      { feature_extractor_type: 'CLIPFeatureExtractor', size: 336, crop_size: 336 },
      { fit: 'crop', resize: 336, width: 336 },
    ],
    [{ image_processor_type: 'ConvNextImageProcessor' }, { fit: 'stretch', width: 384, height: 384 }],
    [
      { image_processor_type: 'ConvNextImageProcessor', size: 224 },
      { fit: 'crop', resize: 256, width: 224 },
    ],
    [
      { image_processor_type: 'LevitImageProcessor' },
      { fit: 'crop', resize: 256, width: 224, interpolation: 'bicubic' },
    ],
    [
      { image_processor_type: 'MobileViTImageProcessor' },
      { fit: 'crop', resize: 224, width: 256, color: 'BGR', mean: 0 },
    ],
    [{ image_processor_type: 'PoolFormerImageProcessor' }, { fit: 'crop', resize: 248, width: 224 }],
    [
      { image_processor_type: 'PoolFormerImageProcessor', crop_pct: null },
      { fit: 'crop', resize: 224, width: 224 },
    ],
    [{ image_processor_type: 'PerceiverImageProcessor' }, { fit: 'crop', resize: 256, width: 224 }],
    [{ image_processor_type: 'EfficientNetImageProcessor' }, { fit: 'stretch', width: 346, std: [0.25, 0.25, 0.25] }],
    [
      { image_processor_type: 'BitImageProcessor', do_resize: false },
      { fit: 'none', width: 224, resize: undefined },
    ],
    [
      { image_processor_type: 'SiglipImageProcessor', size: [256, 192] },
      { fit: 'stretch', width: 192, height: 256 },
    ],
  ];
  for (const [json, expected] of types)
    it(`of a file that says no more than ${JSON.stringify(json)} has its class's defaults`, () => {
      const input: Record<string, unknown> = { ...readPreprocessor(json).conventions.input };
      const asked = Object.fromEntries(Object.keys(expected).map((key) => [key, input[key]]));
      assert.deepEqual(asked, expected);
    });

  it('without a type is taken as transformers takes it for the model, and says so', () => {
    const { conventions, notes } = readPreprocessor({ size: 224 }, 'levit');
    assert.equal(conventions.input?.resize, 256);
    assert.match(notes.join(), /names no type; taken as LevitImageProcessor, as transformers does for levit/);
    const unknown = readPreprocessor({ size: 224 }, 'constructor');
    assert.equal(unknown.conventions.input?.fit, 'stretch');
    assert.match(unknown.notes.join(), /names no type; size, crop and normalisation are taken as their names say/);
  });

  const notes: [string, Record<string, unknown>, RegExp][] = [
    [
      'a type that is not known',
      { image_processor_type: 'DPTImageProcessor', size: 384 },
      /^DPTImageProcessor: not known/,
    ],
    ['code of its own', { image_processor_type: 'ViTImageProcessor', auto_map: {} }, /^ViTImageProcessor: not known/],
    ['a step that is not known', { ...VIT, do_pad: true }, /^do_pad: asked for and not done$/],
    ['a filter that is not known', { ...VIT, resample: 9 }, /^resample: 9 is not known$/],
    ['no resize', { ...VIT, do_resize: false }, /^do_resize: false; .* are stretched$/],
    ['a crop without a size', { size: 8, do_center_crop: true }, /do_center_crop: no crop_size is given/],
    [
      'a crop of other proportions',
      { ...VIT, do_center_crop: true, crop_size: { height: 8, width: 9 } },
      /proportions/,
    ],
    ['no crop', { ...VIT, size: { shortest_edge: 160 } }, /^fit: the centre of the image, where .* keeps all of it$/],
    ['a longest side', { ...VIT, size: { shortest_edge: 8, longest_edge: 9 } }, /size\.longest_edge: not followed/],
    ['a crop before the resize', { image_processor_type: 'PerceiverImageProcessor' }, /^crop: after the resize/],
  ];
  for (const [what, json, expected] of notes)
    it(`tells of ${what}`, () => assert.match(readPreprocessor(json).notes.join('; '), expected));

  it('of a known type tells nothing', () => {
    for (const type of ['ViTImageProcessor', 'DeiTFeatureExtractor', 'BitImageProcessorFast'])
      assert.deepEqual(readPreprocessor({ image_processor_type: type, do_convert_rgb: true, resample: 3 }).notes, []);
  });

  it('may be that of a processor of several kinds of input', () => {
    const inner = { ...VIT, size: 32, ...IMAGENET };
    const whole = readPreprocessor({ processor_class: 'CLIPProcessor', image_processor: inner });
    assert.deepEqual(whole, readPreprocessor(inner));
    assert.equal(whole.conventions.input?.width, 32);
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

  it('of transformers may have the indices by name alone', () => {
    assert.deepEqual(readConfig({ label2id: { dog: 1, cat: 0 } }).conventions.names, ['cat', 'dog']);
    const both = { label2id: { dog: 1, cat: 0 }, id2label: { 0: 'a cat', 1: 'a dog' } };
    assert.deepEqual(readConfig(both).conventions.names, ['a cat', 'a dog']);
    for (const label2id of [{ cat: 1 }, { cat: 0, dog: 0, ant: 1, bee: -1 }, { cat: '0' }, {}])
      assert.equal(readConfig({ label2id }).conventions.names, undefined);
  });

  it('a class may have any name, such as that of a property that every object has', () => {
    const label_names = ['constructor', 'toString', '__proto__', 'cat'];
    const label_descriptions = JSON.parse('{"constructor": "builder", "__proto__": "model", "cat": 7}');
    const { conventions } = readConfig({ label_names, label_descriptions });
    assert.deepEqual(conventions.names, ['builder', 'toString', 'model', 'cat']);
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
    const geometry = { width: 288, height: 288, fit: 'crop', resize: 303, interpolation: 'bicubic' };
    assert.deepEqual(conventions.input, { ...geometry, color: 'RGB', scale: 1 / 255, ...NORMALISED });
    assert.deepEqual(conventions.names, ['tench, Tinca tinca', 'n01443537']);
    assert.deepEqual(notes, []);
  });

  for (const [mode, part, fit] of [
    ['squash', 1, 'stretch'],
    ['squash', 0.9, 'squash'],
    ['border', 1, 'pad'],
    ['center', 1, 'crop'],
  ] as const)
    it(`timm's crop mode ${mode} with ${part} of the image is ${fit}`, () => {
      const pretrained_cfg = { input_size: [3, 224, 224], crop_pct: part, crop_mode: mode };
      assert.equal(readConfig({ pretrained_cfg }).conventions.input?.fit, fit);
    });

  it("takes the size for tests in files of timm's wrapper, and the size for training in those of timm itself", () => {
    const pretrained_cfg = {
      input_size: [3, 224, 224],
      test_input_size: [3, 288, 288],
      crop_pct: 0.9,
      test_crop_pct: 1,
    };
    const resizeOf = (json: Record<string, unknown>) => readConfig(json).conventions.input?.resize;
    assert.equal(resizeOf({ model_type: 'timm_wrapper', pretrained_cfg }), 288);
    assert.equal(resizeOf({ architecture: 'net', pretrained_cfg }), 248);
    const wrapper = { image_processor_type: 'TimmWrapperImageProcessor' };
    assert.deepEqual(readPreprocessor(wrapper), { conventions: {}, notes: [] });
    const data_config = { input_size: [3, 240, 240], crop_pct: 1, crop_mode: 'squash' };
    assert.equal(readPreprocessor({ ...wrapper, data_config }).conventions.input?.fit, 'stretch');
  });

  for (const [pretrained_cfg, expected] of [
    [{ crop_mode: 'constructor' }, /crop_mode: constructor is not known/],
    [{ input_size: [3, 224, 192] }, /where both sides decide/],
    [{ input_size: [3, 224, 256], crop_mode: 'squash', crop_pct: 0.9 }, /the longer in proportion, a pixel/],
    [{ crop_border_pixels: 4 }, /crop_border_pixels: not followed/],
    [{ interpolation: 'random' }, /bilinear, where random is asked for/],
    [{ crop_mode: 'border' }, /padding: the mean colour/],
  ] as const)
    it(`of timm with ${JSON.stringify(pretrained_cfg)} tells what is not followed`, () => {
      assert.match(readConfig({ pretrained_cfg }).notes.join('; '), expected);
    });

  it('of another program is told apart', () => {
    assert.equal(isModelConfig({ compilerOptions: {}, name: 'site' }), false);
    assert.equal(isModelConfig({ model_type: 'vit' }), true);
    assert.equal(isModelConfig({ architecture: 'resnet18', pretrained_cfg: {} }), true);
  });
});
