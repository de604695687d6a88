import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parseSidecar, sidecarPath } from '../../../src/core/model/sidecar';
import { needs, shared } from '../../support/shared';

describe('sidecar', () => {
  it('lies beside the model', () => {
    assert.equal(sidecarPath('/a/b/net.v2.onnx'), '/a/b/net.v2.explain.json');
    assert.equal(sidecarPath('net.ONNX'), 'net.explain.json');
    assert.equal(sidecarPath('net.ort'), 'net.ort.explain.json');
  });

  it('may leave everything out, and may be as those of the shared models', function () {
    assert.deepEqual(parseSidecar('{}', 's.json'), {});
    needs(this, shared('models'), 'sidecars of real models');
    const files = readdirSync(shared('models')).filter((file) => file.endsWith('.explain.json'));
    assert.ok(files.length > 0);
    for (const file of files) parseSidecar(readFileSync(shared('models', file), 'utf8'), file);
  });

  const wrong: [string, RegExp][] = [
    ['{"layer": ', /not JSON/],
    ['[]', /must be an object/],
    ['{"layers": "a"}', /unknown key layers; known are input, output, labels, layer/],
    ['{"input": {"size": 224}}', /unknown key input\.size/],
    ['{"input": [1]}', /input: must be an object/],
    ['{"input": {"width": "224"}}', /input\.width: must be a whole number .* found "224"/],
    ['{"input": {"height": 0}}', /input\.height/],
    ['{"input": {"resize": 1e9}}', /input\.resize: must be a whole number from 1 to 4096/],
    [
      '{"input": {"fit": "cover"}}',
      /input\.fit: must be "stretch" or "crop" or "pad" or "squash" or "none", found "cover"/,
    ],
    ['{"input": {"color": "rgb"}}', /input\.color: must be "RGB" or "BGR" or "GRAY"/],
    ['{"input": {"scale": 0}}', /input\.scale: must be a number other than 0/],
    ['{"input": {"mean": 0.5}}', /input\.mean: must be a list of numbers/],
    ['{"input": {"mean": []}}', /input\.mean/],
    ['{"input": {"mean": [0.5, null, 0.5]}}', /input\.mean/],
    ['{"input": {"std": [0.5, 0, 0.5]}}', /input\.std: must be a list of numbers other than 0/],
    ['{"output": {"activation": "argmax"}}', /output\.activation/],
    ['{"labels": ["cat", "dog"]}', /labels: must be a text/],
    ['{"layer": ""}', /layer: must be a text/],
    ['{"__proto__": {"a": 1}}', /unknown key __proto__/],
    ['{"toString": 1}', /unknown key toString/],
  ];
  for (const [json, message] of wrong)
    it(`refuses ${json}`, () => {
      assert.throws(() => parseSidecar(json, 'net.explain.json'), { code: 'sidecar-invalid', message });
      assert.throws(() => parseSidecar(json, 'net.explain.json'), /^ExplainError: net\.explain\.json: /);
    });
});
