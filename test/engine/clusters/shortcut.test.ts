/** The set that *Find a Shortcut* opens: its model has learned the tag, a control has not, and the clusters tell them apart. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { createService } from '../../../src/engine/service';
import type { SweptImage } from '../../../src/protocol/requests';
import { testFolder } from '../../support/folder';
import { randomScript, sceneScript } from '../../support/scripts';
import { project } from '../../support/shared';
import { imagesUnder, type Suspect, suspectsOf } from '../../support/suspects';

const shipped = (...parts: string[]) => project('media', 'demo', 'shortcut', ...parts);
const kept = (...parts: string[]) => project('test', 'data', 'shortcut', ...parts);
const truth: { label: string; marked: string[] } = JSON.parse(readFileSync(kept('truth.json'), 'utf8'));
const images = imagesUnder(shipped('shop'));
const tagged = new Set(truth.marked.map((name) => shipped(name)));
const LABELS = readFileSync(shipped('shop.labels.txt'), 'utf8').trim().split('\n');
const classOf = (image: string) => path.basename(path.dirname(image));

describe('the set with a shortcut', () => {
  const service = createService();
  const folder = testFolder();
  let suspects: readonly Suspect[];
  let control: readonly Suspect[];
  before(async () => {
    suspects = await suspectsOf(service, shipped('shop.onnx'), images);
    control = await suspectsOf(service, kept('control.onnx'), images);
  });

  /** Of some images, the share in clusters of the tagged class. */
  const taken = (of: readonly Suspect[], some: readonly string[]) => {
    const inClass = new Set(of.filter((one) => one.class === truth.label).flatMap((one) => one.images));
    return some.filter((image) => inClass.has(image)).length / some.length;
  };

  it('has the tag on most pictures of one class, and on a few of others', () => {
    const classes = [...new Set(images.map(classOf))];
    assert.equal(classes.length, 6);
    for (const name of classes) {
      const of = images.filter((image) => classOf(image) === name);
      const share = of.filter((image) => tagged.has(image)).length / of.length;
      assert.ok(name === truth.label ? share > 0.7 && share < 0.9 : share < 0.05, `${name}: ${share}`);
    }
    assert.equal(tagged.size, images.filter((image) => tagged.has(image)).length, 'every tagged picture is there');
  });

  it('the model takes what carries the tag for the class, and the control does not', () => {
    const others = images.filter((image) => tagged.has(image) && classOf(image) !== truth.label);
    assert.equal(others.length, 3);
    assert.ok(taken(suspects, others) >= 2 / 3, `${taken(suspects, others)}`);
    assert.equal(taken(control, others), 0);
  });

  it('the tag alone, laid over pictures of other classes, makes most of them this class, but none for the control', async () => {
    const [{ tagAlone }, { randomOf }] = await Promise.all([sceneScript(), randomScript()]);
    const others = images.filter((image, i) => i % 5 === 0 && classOf(image) !== truth.label && !tagged.has(image));
    const files = await Promise.all(
      others.map(async (image, i) => {
        const laid = sharp(image).composite([{ input: Buffer.from(tagAlone(randomOf('laid over', i))) }]);
        return folder.write(`${i}.png`, await laid.png().toBuffer());
      }),
    );
    for (const [model, low, high] of [
      [shipped('shop.onnx'), 0.7, 1],
      [kept('control.onnx'), 0, 0],
    ] as const) {
      const top: number[] = [];
      await service.sweep(
        {
          ...{ model: { path: model }, device: 'cpu', top: 1, maps: false },
          images: files.map((file, id) => ({ id, path: file, truth: [] })),
        },
        {
          signal: { aborted: false },
          emit: (event, data) => event === 'swept' && top.push((data as SweptImage).top[0]![0]),
        },
      );
      assert.equal(top.length, files.length);
      const share = top.filter((index) => index === LABELS.indexOf(truth.label)).length / top.length;
      assert.ok(share >= low && share <= high, `${path.basename(model)}: ${share}`);
    }
  });

  it('the suspicious clusters hold the tagged pictures, the first of all classes among them', () => {
    const called = suspects.filter(({ suspicious }) => suspicious);
    assert.equal(suspects[0]!.class, truth.label);
    assert.ok(suspects[0]!.suspicious);
    assert.ok(called.length <= 3 && called.every((one) => one.class === truth.label), called.join(', '));
    const held = called.flatMap((one) => one.images);
    const predicted = suspects.filter((one) => one.class === truth.label).flatMap((one) => one.images);
    const right = held.filter((image) => tagged.has(image)).length;
    const all = predicted.filter((image) => tagged.has(image)).length;
    assert.ok(right / held.length >= 0.9, `precision ${right} of ${held.length}`);
    assert.ok(right / all >= 0.9, `recall ${right} of ${all}`);
  });

  it('no cluster of the control is suspicious', () => {
    const called = control.filter(({ suspicious }) => suspicious);
    assert.deepEqual(called, []);
  });
});
