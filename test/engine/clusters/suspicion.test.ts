/** The planted shortcut is found, and a network that has not learned it is under no suspicion. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createService } from '../../../src/engine/service';
import { needs, shared } from '../../support/shared';
import { imagesUnder, suspectsOf } from '../../support/suspects';

describe('suspicious clusters', () => {
  const service = createService();
  before(function () {
    needs(this, shared('shortcut', 'truth.json'), 'it has a planted shortcut');
  });

  it('hold the marked images of the class that has the mark, and come first', async () => {
    const truth: { label: string; marked: string[] } = JSON.parse(
      readFileSync(shared('shortcut', 'truth.json'), 'utf8'),
    );
    const suspects = await suspectsOf(
      service,
      shared('shortcut', 'model.onnx'),
      imagesUnder(shared('shortcut', 'test')),
    );
    const marked = new Set(truth.marked.map((file) => shared('shortcut', file)));
    const predicted = suspects.filter((one) => one.class === truth.label).flatMap(({ images }) => images);
    const called = suspects.filter(({ suspicious }) => suspicious);
    assert.equal(called[0]?.class, truth.label);
    assert.ok(called.length <= 3 && called.every((one) => one.class === truth.label));
    const held = called.flatMap(({ images }) => images);
    const right = held.filter((file) => marked.has(file)).length;
    assert.ok(right / held.length >= 0.9, `precision ${right}/${held.length}`);
    assert.ok(right / predicted.filter((file) => marked.has(file)).length >= 0.9, `recall of ${right}`);
  });

  it('of the control on the same images: none', async () => {
    const suspects = await suspectsOf(
      service,
      shared('models', 'cifar10_resnet20.onnx'),
      imagesUnder(shared('shortcut', 'test')),
    );
    assert.ok(suspects.length > 10);
    assert.deepEqual(
      suspects.filter(({ suspicious }) => suspicious),
      [],
    );
  });
});
