/** Annotations from files and folders, and where their images are found. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { regionsIn } from '../../src/core/annotations/annotations';
import { readAnnotations, readMapping } from '../../src/files/annotations';
import { testFolder } from '../support/folder';
import { needs, shared } from '../support/shared';

describe('annotation files', () => {
  const folder = testFolder();

  it('COCO and YOLO of the same images say the same', async function () {
    const dataset = shared('images', 'coco128');
    needs(this, dataset, 'images with boxes in two formats');
    const coco = await readAnnotations(path.join(dataset, 'annotations.json'));
    const yolo = await readAnnotations(dataset);
    assert.deepEqual([coco.images.length, yolo.images.length], [128, 126]);
    const byFile = new Map(yolo.images.map((image) => [image.file, image]));
    let boxes = 0;
    for (const image of coco.images) {
      assert.equal(path.dirname(image.file), path.join(dataset, 'images'));
      const other = byFile.get(image.file);
      const regions = other ? regionsIn(other, image.size) : [];
      assert.equal(regions.length, image.regions.length, image.file);
      const { width, height } = image.size;
      image.regions.forEach(({ category, box }, i) => {
        assert.equal(regions[i]!.category, category);
        // COCO's are clipped to the image and rounded to 0.01.
        const { left, top, width: w, height: h } = regions[i]!.box;
        const clipped = [Math.max(left, 0), Math.max(top, 0), Math.min(left + w, width), Math.min(top + h, height)];
        const found = [box.left, box.top, box.left + box.width, box.top + box.height];
        for (const [k, value] of found.entries()) assert.ok(Math.abs(value - clipped[k]!) < 0.02, image.file);
        boxes += 1;
      });
    }
    assert.equal(boxes, 929);
  });

  const XML =
    '<annotation><filename>a.jpg</filename><size><width>9</width><height>9</height></size><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>';

  it('finds the images of VOC beside its folder, or where it is told', async () => {
    folder.write('voc/Annotations/a.xml', XML);
    const image = folder.write('voc/JPEGImages/a.jpg', 'x');
    const elsewhere = folder.write('other/a.jpg', 'x');
    const read = await readAnnotations(folder.at('voc'));
    assert.deepEqual([read.categories, read.images.map(({ file }) => file)], [['cat'], [image]]);
    assert.equal((await readAnnotations(folder.at('voc'), folder.at('other'))).images[0]!.file, elsewhere);
  });

  it('an image that is nowhere keeps its name, to be reported by whoever opens it', async () => {
    folder.write('a.xml', XML);
    assert.equal((await readAnnotations(folder.at(''))).images[0]!.file, folder.at('a.jpg'));
  });

  it('says which file is missing, and what to give', async () => {
    const refuses = (source: string, message: RegExp) =>
      assert.rejects(readAnnotations(source), { code: 'annotations-invalid', message });
    await refuses(folder.at('none.json'), /none\.json: .*no such file/);
    await refuses(folder.at(''), /no \.txt or \.xml files/);
    folder.write('a.txt', '0 0.5 0.5 1 1');
    await refuses(folder.at(''), /classes\.txt/);
    await assert.rejects(readMapping(folder.at('m.json'), [], []), { code: 'mapping-invalid', message: /m\.json/ });
  });
});
