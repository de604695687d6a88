import assert from 'node:assert/strict';
import { notesOfMetadata, readMetadata } from '../../../src/core/model/metadata';
import { parseTiny } from '../../support/tiny-model';

const read = (metadata: Readonly<Record<string, string>>) =>
  readMetadata(parseTiny({ nodes: [['Relu', 'image', 'y']], outputs: ['y'], metadata }));

describe('metadata of a model', () => {
  it("has ONNX's own keys for images", () => {
    const { input } = read({ 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' });
    assert.deepEqual(input, { width: undefined, height: undefined, color: 'BGR', scale: 1, mean: 0, std: 1 });
    assert.equal(read({ 'Image.BitmapPixelFormat': 'Gray8' }).input?.color, 'GRAY');
  });

  it('a range of -1 to 1 makes black -1 and white 1', () => {
    const { scale, mean, std } = read({ 'Image.NominalPixelRange': 'Normalized_1_1' }).input!;
    const value = (pixel: number) => (pixel * scale! - Number(mean)) / Number(std);
    assert.equal(value(0), -1);
    assert.equal(value(255), 1);
  });

  it('a range that is not followed is listed', () => {
    const notes = (range: string) =>
      notesOfMetadata(
        parseTiny({
          nodes: [['Relu', 'image', 'y']],
          outputs: ['y'],
          metadata: { 'Image.NominalPixelRange': range },
        }),
      );
    assert.deepEqual(notes('NominalRange_16_235'), ['Image.NominalPixelRange: NominalRange_16_235 is not followed']);
    assert.deepEqual([notes('NominalRange_0_255'), notes('')], [[], []]);
    assert.deepEqual(notes('constructor').length, 1);
  });

  it('has size and names as Ultralytics writes them', () => {
    const { input, names } = read({ imgsz: '[160, 224]', names: `{0: 'tench', 1: "jack-o'-lantern", 2: 'it\\'s'}` });
    assert.deepEqual([input?.height, input?.width], [160, 224]);
    assert.deepEqual(names, ['tench', "jack-o'-lantern", "it's"]);
  });

  it('has names as JSON', () => {
    assert.deepEqual(read({ labels: '["cat", "dog"]' }).names, ['cat', 'dog']);
    assert.deepEqual(read({ id2label: '{"1": "dog", "0": "cat"}' }).names, ['cat', 'dog']);
  });

  it('has names as prints of Python lists and separated by line ends or commas', () => {
    for (const labels of ["['cat', 'dog']", 'cat\ndog\n', 'cat, dog', 'cat;dog'])
      assert.deepEqual(read({ labels }).names, ['cat', 'dog'], labels);
    assert.deepEqual(read({ labels: 'cat, tabby\ndog' }).names, ['cat, tabby', 'dog']);
  });

  it('has as many names as there are, in one pass over the text', () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `class ${i}`);
    const python = `{${names.map((name, i) => `${i}: '${name}'`).join(', ')}}`;
    assert.deepEqual(read({ names: python }).names, names);
    assert.deepEqual(read({ id2label: JSON.stringify({ ...names }) }).names, names);
    for (const text of [
      '1'.repeat(200_000),
      `{${'1'.repeat(200_000)}`,
      `{0: '${'\\\\'.repeat(100_000)}`,
      "{0: 'a', 1: b}",
      '['.repeat(200_000),
      `${"['a', ".repeat(50_000)}`,
    ])
      assert.equal(read({ names: text }).names, undefined);
  });

  it('may hold anything else', () => {
    const { input, names } = read({ classes: '80', names: 'see the readme', imgsz: '[0, 0]', author: '{0: "me"}' });
    assert.equal(names, undefined);
    assert.equal(input?.width, undefined);
  });
});
