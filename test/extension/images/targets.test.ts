import { strict as assert } from 'node:assert';
import { imagesOf, modelOf, nameOf } from '../../../src/extension/images/targets';

const file = (path: string) => ({ scheme: 'file', path });
const cat = file('/w/cat.PNG');
const dog = file('/w/dog.tiff');
const notes = file('/w/notes.txt');
const model = file('/w/net.onnx');

describe('what a command means', () => {
  const images: [string, unknown[], { scheme: string; path: string } | undefined, unknown[]][] = [
    ['Explorer, one image', [cat, [cat]], undefined, [cat]],
    ['Explorer, several', [cat, [cat, dog]], undefined, [cat, dog]],
    ['Explorer, with files that are no images', [cat, [notes, cat, model]], undefined, [cat]],
    ['a tab', [dog, { groupId: 0, editorIndex: 1 }], cat, [dog]],
    ['inside the built-in preview', [{ webview: 'imagePreview.previewEditor' }], cat, [cat]],
    ['the palette on an image', [], dog, [dog]],
    ['the palette on text', [], notes, []],
    ['the palette on nothing', [], undefined, []],
    [
      'an image of another file system',
      [{ scheme: 'vscode-vfs', path: '/r/a.webp' }],
      undefined,
      [{ scheme: 'vscode-vfs', path: '/r/a.webp' }],
    ],
  ];
  for (const [name, args, tab, expected] of images) {
    it(`images: ${name}`, () => assert.deepEqual(imagesOf(args, tab), expected));
  }

  it('models: the clicked file, and only from disk', () => {
    assert.deepEqual(modelOf([model, [model]], undefined), model);
    assert.deepEqual(modelOf([], model), model);
    assert.equal(modelOf([{ scheme: 'vscode-vfs', path: '/r/net.onnx' }], undefined), undefined);
    assert.equal(modelOf([cat], undefined), undefined);
  });

  it('a name is the last part of the path', () => assert.equal(nameOf(file('/a b/c.d/e f.png')), 'e f.png'));
});
