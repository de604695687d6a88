/** Exported models in a page of Chromium, by onnxruntime-web's own files and the lines of docs/export.md, against the engine. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { MethodName } from '../../../src/core/methods/names';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { engineMap, exportWith, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { type PageJob, runInPage } from '../../support/runtime-page';
import { chromiumScript } from '../../support/scripts';
import { needs, nightly, onlyNightly, project, shared } from '../../support/shared';
import { tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const SCENES = ['cat-and-dog.png', 'tiger-and-cat.png'].map((name) => project('media', 'demo', 'scenes', name));
const DEMO = project('media', 'demo', 'demo-objects.onnx');
const [RESNET, MOBILENET, SQUEEZENET] = ['cifar10_resnet20', 'mobilenet_v2', 'squeezenet1_1'].map((name) =>
  shared('models', `${name}.onnx`),
) as [string, string, string];
/** To the scores it is a way through convolutions, some of them with strides. */
const EARLY = '/layer1/layer1.2/relu2/Relu_output_0';

/** Chromium's own device in software, where there is no graphics card. */
const SOFTWARE = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Written out as exporters do, since such a device takes none of these for granted. */
const convolution = (stride: number) => ({
  kernel_shape: { ints: [3, 3] },
  strides: { ints: [stride, stride] },
  dilations: { ints: [1, 1] },
  pads: { ints: [1, 1, 1, 1] },
});
const TINY = tinyModel({
  nodes: [
    ['Conv', 'image stem', 'map', convolution(1)],
    ['Relu', 'map', 'layer'],
    ['Conv', 'layer fine', 'beside', convolution(1)],
    ['Conv', 'beside coarse', 'last', convolution(2)],
    ['Relu', 'last', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Flatten', 'pooled', 'flat'],
    ['MatMul', 'flat fc', 'logits'],
  ],
  outputs: ['logits'],
  weights: { stem: [4, 3, 3, 3], fine: [4, 4, 3, 3], coarse: [5, 4, 3, 3], fc: [5, 3] },
});
const DIMS = [1, 3, 8, 8];

interface Row {
  /** Without one, it is a tiny network. */
  readonly file?: string;
  readonly method?: MethodName;
  readonly layer?: string;
  readonly groups?: number;
  /** Whether the model is asked for classes, for two images at once. */
  readonly asked?: true;
}

const ROWS: Readonly<Record<'wasm' | 'webgpu', readonly Row[]>> = {
  wasm: [
    { file: DEMO },
    { file: RESNET, asked: true },
    ...onlyNightly<Row>([{ file: RESNET }, { file: MOBILENET }, { file: SQUEEZENET }]),
  ],
  // A device in software compiles for most of the time.
  webgpu: [
    { method: 'grad-cam', layer: 'layer' },
    ...onlyNightly<Row>([
      { file: RESNET, groups: 4 },
      { file: RESNET, groups: 4, asked: true },
      { file: RESNET, method: 'grad-cam', layer: EARLY },
      { file: DEMO, method: 'grad-cam' },
      { file: SQUEEZENET, method: 'grad-cam' },
      { file: MOBILENET, method: 'layer-cam' },
    ]),
  ],
};

/** The largest difference of the outputs from those of the model itself by onnxruntime-node. */
const OUTPUTS = { wasm: 1e-5, webgpu: 1e-3 };

for (const provider of ['wasm', 'webgpu'] as const)
  describe(`an exported model in a page, by ${provider}`, () => {
    const folder = testFolder();
    const service = createService();
    let browser: Browser;
    before(async () => {
      const { launchChromium } = await chromiumScript();
      browser = await launchChromium(provider === 'webgpu' ? { args: SOFTWARE } : {});
    });
    after(() => browser.close());

    /** The input of the pictures and the engine's maps of them. */
    async function expected({ file, asked, layer, groups, method = 'group-cam' }: Row) {
      const model = { path: file ?? folder.write('tiny.onnx', TINY), ...(layer && { layer }) };
      const choice = { model, method, options: groups ? { groups } : {} };
      const images = file
        ? SCENES.slice(0, asked ? 2 : 1).map((scene) => ({ path: scene }))
        : [
            {
              tensor: folder.write(
                'input.npy',
                npyBytes({ shape: DIMS, data: Float32Array.from(noise(3 * 8 * 8, 5)) }),
              ),
            },
          ];
      const { info } = await openModel(model);
      const maps = [];
      for (const image of images) maps.push(await engineMap(service, { ...choice, image }));
      const inputs = await Promise.all(images.map((image) => prepareInput(image, info)));
      const pixels = Float32Array.from(inputs.flatMap(({ tensor }) => Array.from(tensor)));
      return { choice, info, maps, pixels, dims: [images.length, ...inputs[0]!.dims.slice(1)] };
    }

    for (const row of ROWS[provider]) {
      const { file = 'a tiny network', asked, method = 'group-cam' } = row;
      it(`${path.basename(file)}, ${method}${asked ? ', two images and their classes' : ''}`, async function () {
        if (row.file) needs(this, row.file, 'no model to export');
        const { choice, info, maps, pixels, dims } = await expected(row);
        const output = folder.at('net.explained.onnx');
        await exportWith(service, { ...choice, output, class: asked ? 'input' : 'top' });
        const job: PageJob = { file: output, pixels, dims, ...(provider === 'webgpu' && { provider }) };
        const classes = maps.map(({ class: index }) => index);
        const made = await runInPage(browser, { ...job, ...(asked && { classes }) });
        assert.deepEqual([made.height, made.width], dims.slice(2));
        const values = maps.flatMap(({ map }) => Array.from(map));
        const apart = largestDifference(made.saliency, values);
        const own = await runFile(choice.model.path, { [info.input.name]: float(pixels, dims) });
        const others = Object.entries(own).map(([name, { data }]) =>
          largestDifference(made.all[name]!, data as Float32Array),
        );
        if (nightly) console.log(`      map ${apart} apart, outputs ${others}`);
        assert.ok(apart <= 1e-4, `maps are ${apart} apart`);
        assert.ok(Math.max(...others) <= OUTPUTS[provider], `outputs are ${others} apart`);
        assert.ok(
          maps.every(({ map }) => Math.max(...map) === 1),
          'maps that are not blank',
        );
        assert.ok(largestDifference(made.all['saliency']!, made.saliency) <= 1e-4);
      });
    }
  });
