import { strict as assert } from 'node:assert';
import { METHOD_OPTIONS } from '../../src/core/methods/method-options';
import type { MethodName } from '../../src/core/methods/names';
import type { ModelInfo } from '../../src/core/model/info';
import { type OptionTable, type OptionValues, resolveOptions } from '../../src/core/options';
import { ACTIVATIONS } from '../../src/core/output';
import { DEFAULT_STYLE } from '../../src/core/style';
import { actionsFor, actionsForBlank } from '../../src/extension/commands/actions';
import { TOP_CLASS } from '../../src/extension/explanation/comparison';
import { exportName } from '../../src/extension/images/export-names';
import { modelRows } from '../../src/extension/model/model-rows';
import { initialState, reduce } from '../../src/extension/panel/panel-state';
import { statusText } from '../../src/extension/status/status';
import { classesState, methodName, summaryOf } from '../../src/extension/status/summary';
import type { ComparedBy } from '../../src/protocol/webview';
import { percentOf } from '../../webview/numbers';
import { explanation, frame, info } from './support';

describe('what the interface says', () => {
  it('actions lead to what a failure needs', () => {
    assert.deepEqual(
      actionsFor('model-untrusted').map(({ id }) => id),
      ['trust'],
    );
    assert.deepEqual(
      actionsFor('device-unavailable').map(({ id }) => id),
      ['choose-device'],
    );
    assert.deepEqual(actionsFor('image-too-large'), []);
    assert.deepEqual(
      actionsFor('unsupported-operator', 'methods').map(({ id }) => id),
      ['choose-layer', 'compare'],
    );
  });

  it('a method by its name and the options that it used', () => {
    const one = explanation(0);
    const named = (method: MethodName, options: OptionValues, signed = false) => {
      const all = resolveOptions<OptionTable>(METHOD_OPTIONS[method], options);
      return methodName({ method, options: all, frame: { ...one.frame, signed } });
    };
    assert.equal(named('group-cam', {}), 'Group-CAM (G 32, θ 70)');
    assert.equal(named('group-cam', { variant: 'official' }), 'Group-CAM (variant official, G 32)', 'θ does not count');
    assert.equal(named('group-cam', { groups: 8, grouping: 'k-means' }), 'Group-CAM (G 8, grouping k-means, θ 70)');
    assert.equal(named('group-cam', {}, true), 'Group-CAM (G 32, θ 70, signed)');
    assert.equal(named('group-cam', { evidence: 'signed' }, true), 'Group-CAM (G 32, θ 70, evidence signed)');
    assert.equal(named('grad-cam', {}), 'Grad-CAM');
    assert.equal(named('rise', {}), 'RISE');
    assert.equal(named('rise', { masks: 500, seed: 3 }), 'RISE (masks 500, seed 3)');
  });

  it('a summary has the facts of the explanation and of its model', () => {
    const summary = summaryOf(explanation(1, 'bee'), info);
    assert.deepEqual(summary.layerShape, [1, 6, 1, 2]);
    assert.equal(summary.layer, 'relu');
    assert.equal('layer' in summaryOf({ ...explanation(1), method: 'rise' }, info), false, 'RISE uses no layer');
    assert.deepEqual(summary.class, { class: 1, label: 'bee', probability: 0.25 });
    assert.deepEqual(summary.assumptions, ['mean and std of ImageNet']);
    assert.equal('blank' in summary, false);
    assert.ok(ACTIVATIONS.some((name) => name === summary.activation));
  });

  it('a blank map says why', () => {
    const blank = { ...explanation(1), saliency: { min: 0, max: 0, zero: true, reason: 'all assessment is negative' } };
    assert.equal(summaryOf(blank, info).blank, 'all assessment is negative');
    const ids = (by?: ComparedBy) => actionsForBlank(by).map(({ id }) => id);
    assert.deepEqual(ids(), ['choose-class', 'choose-method']);
    assert.deepEqual(ids('methods'), ['choose-class', 'compare']);
  });

  it('what has to be known to read a map is told', () => {
    const { saliency, ...rest } = explanation(1);
    assert.equal(
      summaryOf({ ...rest, saliency: { ...saliency, note: 'evidence against' } }, info).note,
      'evidence against',
    );
  });

  it('the Classes view: labels without an image, probabilities with one, else what is missing', () => {
    const ready = { kind: 'ready', info } as const;
    const without = classesState(ready, undefined);
    assert.deepEqual(
      [without.labels, without.image, without.probabilities],
      [['ant', 'bee', 'cat'], undefined, undefined],
    );
    const found = explanation(2, 'cat');
    const slots = [
      { explanation: found, shown: { title: 'cat', state: { kind: 'cancelled' as const } } },
      { shown: { title: 'bee', state: { kind: 'cancelled' as const } } },
    ];
    const wanted = [TOP_CLASS, { target: { index: 1 }, title: 'bee' }];
    const image = { name: 'a.png', status: 'done', run: 1, wanted, slots, probabilities: found.probabilities } as const;
    const withImage = classesState(ready, image);
    assert.deepEqual(withImage.shown, [2, 1]);
    const models = [TOP_CLASS, { ...wanted[1]!, model: { path: '/w/other.onnx' } }];
    assert.deepEqual(classesState(ready, { ...image, wanted: models }).shown, [2], 'classes of another model');
    const methods = [TOP_CLASS, TOP_CLASS].map((one) => ({ ...one, method: 'rise' as const }));
    const same = { ...image, wanted: methods, slots: [slots[0]!, slots[0]!] };
    assert.deepEqual(classesState(ready, same).shown, [2], 'each class once');
    assert.equal(withImage.probabilities, found.probabilities);
    assert.equal(
      classesState({ kind: 'failed', message: 'no such model file' }, undefined).message,
      'no such model file',
    );
  });

  it('the Model view says where each value came from', () => {
    const rows = modelRows(info, { setting: 'auto', ran: 'webgpu' }, []);
    const described = (id: string) =>
      rows.flatMap((row) => [row, ...(row.children ?? [])]).find((row) => row.id === id)?.description;
    assert.equal(described('labels'), '3, chosen by you');
    const unnamed = modelRows({ ...info, labels: { ...info.labels, origin: 'assumed' } }, { setting: 'auto' }, []);
    assert.equal(unnamed.find(({ id }) => id === 'labels')?.description, 'none: 3 classes go by index');
    assert.equal(described('input.fit'), 'crop, from the sidecar');
    assert.equal(described('input.resize'), '9, assumed');
    assert.equal(described('input.color'), 'BGR, from Hugging Face files');
    assert.equal(described('input.scale'), "0.003922, from the model's metadata");
    assert.equal(described('input.mean'), '0.485, 0.456, 0.406, assumed');
    assert.equal(described('output.activation'), 'softmax, assumed');
    assert.equal(described('layer'), 'relu 6 × 1 × 2');
    const several = modelRows(info, { setting: 'auto' }, ['conv', 'relu']).find(({ id }) => id === 'layer');
    assert.equal(several?.description, 'mean of conv, relu');
    assert.equal(described('device'), 'auto (ran on webgpu)');
    assert.deepEqual(
      rows.find(({ id }) => id === 'unsupported')?.children?.map(({ label, description }) => [label, description]),
      [['Einsum', 'einsum_3']],
    );
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });

  it('the Model view says which map a model makes itself', () => {
    const shown = (exported?: Record<string, string>) =>
      modelRows({ ...info, ...(exported && { exported }) }, { setting: 'auto' }, []).find(({ id }) => id === 'own');
    assert.equal(shown(), undefined);
    const row = shown({ method: 'grad-cam', class: 'input', layer: 'relu' })!;
    assert.equal(row.description, 'Grad-CAM, of a class of choice');
    const facts = row.children!.map(({ label, description }) => `${label}: ${description}`);
    assert.deepEqual(facts, ['Method: grad-cam', 'Class: input', 'Layer: relu']);
    assert.equal(shown({ method: 'of another kind' })!.description, 'of another kind, of the most probable class');
  });

  it('the Model view shows the scores in use, those that could be, and lets them be chosen where there are several', () => {
    const shown = (more: Partial<ModelInfo['output']>) => {
      const rows = modelRows({ ...info, output: { ...info.output, ...more } }, { setting: 'auto' }, []);
      const row = rows.find(({ id }) => id === 'output')!;
      return { ...row, children: row.children!.map(({ label, description }) => `${label}: ${description}`) };
    };
    const one = shown({});
    assert.deepEqual([one.label, one.description, one.pick], ['Scores', 'logits [3 classes], softmax', undefined]);
    const activation = { value: 'none', origin: 'assumed' } as const;
    const two = shown({
      link: 'log',
      activation,
      candidates: [
        { name: 'logits', classes: 3 },
        { name: 'age', classes: 1 },
      ],
    });
    assert.deepEqual([two.description, two.pick], ['logits [3 classes], probability', 'scores']);
    assert.deepEqual(two.children, ['Logits: log(logits)', 'Activation: none, assumed', 'Could be: age [1 class]']);
    assert.equal(summaryOf({ ...explanation(1), activation: 'probability' }, info).activation, 'probability');
    assert.equal(percentOf(0.549, 'probability'), '54.9 %');
  });

  it('the Model view leaves out the resize that another fit does not use', () => {
    const stretched = {
      ...info,
      preprocessing: { ...info.preprocessing, fit: { value: 'stretch', origin: 'graph' } as const },
    };
    const input = modelRows(stretched, { setting: 'cpu' }, []).find(({ id }) => id === 'input');
    assert.equal(
      input?.children?.some(({ id }) => id === 'input.resize'),
      false,
    );
  });

  it('the status bar: model, device, progress', () => {
    const base = {
      trusted: true,
      inspection: { kind: 'ready', info },
      engine: 'busy',
      device: 'cpu',
      panel: undefined,
      chosen: 'night',
    } as const;
    assert.equal(statusText(base).text, '$(flame) net · cpu');
    assert.equal(statusText({ ...base, inspection: { kind: 'unknown' } }).text, '$(flame) night · cpu');
    const working = [
      { type: 'asked', image: 0, wanted: [TOP_CLASS] } as const,
      { type: 'started', image: 0, run: 1, slot: 0 } as const,
      { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(12) } as const,
    ].reduce(reduce, initialState(['a'], DEFAULT_STYLE, false));
    assert.equal(statusText({ ...base, panel: working }).text, '$(loading~spin) net · cpu · 12/32');
    assert.match(statusText({ ...base, trusted: false }).text, /Restricted Mode/);
    assert.match(statusText({ ...base, inspection: { kind: 'failed', message: 'bad' } }).tooltip, /bad/);
  });

  it('exports are named by image, class, method and kind, in characters that every system takes', () => {
    const of = (label: string) => ({ label, class: 281, method: 'grad-cam' }) as const;
    assert.equal(exportName('my.cat.jpg', 'heatmap', of('tabby')), 'my.cat.tabby.grad-cam.heatmap.png');
    assert.equal(
      exportName('my.cat.jpg', 'overlay', of('tabby, tabby cat')),
      'my.cat.tabby_tabby_cat.grad-cam.overlay.png',
    );
    assert.equal(exportName('my.cat.jpg', 'npy', of('猫')), 'my.cat.猫.grad-cam.npy');
    assert.equal(exportName('a', 'json', of('../a\\b:c*"<>|\u0000')), 'a.a_b_c.grad-cam.json');
    assert.equal(exportName('a.png', 'json', of('...')), 'a.281.grad-cam.json');
    assert.equal(exportName('a.png', 'json', of('x'.repeat(500))).length, 'a..grad-cam.json'.length + 40);
  });
});
