/** The request `transplant` against images that are changed by sharp and explained one by one. */
import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import type { Cells } from '../../../src/core/clusters/cells';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { createService } from '../../../src/engine/service';
import type { Replacement } from '../../../src/protocol/clusters/transplant';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';

describe('the request transplant', () => {
  const service = createService();
  const folder = testFolder();
  const model = { path: shared('shortcut', 'model.onnx') };
  const TRUCK = 9;
  const image = (name: string) => shared('shortcut', 'test', name);
  const targets = ['bird/0000.png', 'cat/0001.png', 'dog/0002.png', 'ship/0003.png', 'frog/0004.png'].map(image);
  const sources = ['truck/0000.png', 'truck/0001.png'].map(image);
  /** The lower right quarter, in 4 x 4 cells. */
  const cells: Cells = {
    height: 4,
    width: 4,
    chosen: Uint8Array.from({ length: 16 }, (_, i) => +(i % 4 > 1 && i > 7)),
  };

  before(function () {
    needs(this, model.path, 'its network is asked');
  });

  const ask = (replacements: readonly Replacement[], signal = { aborted: false }, index = TRUCK) =>
    service.transplant(
      { model, device: 'cpu', class: index, replacements, blur: DEFAULT_CHOICE.blur },
      { signal, emit: () => {} },
    );

  it('says what plain images say into which sharp has pasted the same pixels', async () => {
    const said = { before: 0, after: 0, p: [0, 0], margin: [0, 0] };
    for (const [i, target] of targets.entries()) {
      const corner = await sharp(sources[i % 2]!)
        .extract({ left: 16, top: 16, width: 16, height: 16 })
        .png()
        .toBuffer();
      const pasted = folder.at(`${i}.png`);
      await sharp(target)
        .composite([{ input: corner, left: 16, top: 16 }])
        .png()
        .toFile(pasted);
      for (const [side, file] of [target, pasted].entries()) {
        const { explanation } = await explainWith(service, { model, image: { path: file }, method: 'grad-cam' });
        const p = explanation.probabilities;
        const other = Math.max(...p.filter((_, c) => c !== TRUCK));
        if (p[TRUCK]! > other) said[side === 0 ? 'before' : 'after'] += 1;
        said.p[side]! += p[TRUCK]! / targets.length;
        said.margin[side]! += Math.log(p[TRUCK]! / other) / targets.length;
      }
    }
    const { replaced, failed } = await ask([{ cells, images: targets, sources }]);
    const { images, before, after, p, margin } = replaced[0]!;
    assert.deepEqual([images, before, after, failed], [5, said.before, said.after, []]);
    for (const side of [0, 1] as const) {
      assert.ok(Math.abs(p[side] - said.p[side]!) < 1e-5, `${p} ${said.p}`);
      assert.ok(Math.abs(margin[side] - said.margin[side]!) < 1e-2, `${margin} ${said.margin}`);
    }
    assert.ok(after > before);
  });

  it('without cells, or with an image in itself, nothing changes; blurring all does', async () => {
    const none: Cells = { ...cells, chosen: new Uint8Array(16) };
    const all: Cells = { ...cells, chosen: new Uint8Array(16).fill(1) };
    const { replaced } = await ask([
      { cells: none, images: sources, sources: targets },
      { cells: all, images: sources, sources },
      { cells: all, images: sources },
    ]);
    for (const { margin } of replaced.slice(0, 2)) assert.ok(Math.abs(margin[0] - margin[1]) < 1e-4);
    assert.notEqual(replaced[2]!.margin[0], replaced[2]!.margin[1]);
  });

  it("leaves out what it can't read and says why; refuses a wrong class and wrong cells; can be cancelled", async () => {
    const absent = image('absent.png');
    const { replaced, failed } = await ask([{ cells, images: [absent, targets[0]!], sources: [sources[0]!] }]);
    assert.equal(replaced[0]!.images, 1);
    assert.deepEqual(
      failed.map((one) => one.path),
      [absent],
    );
    assert.match(failed[0]!.message, /absent\.png/);
    await assert.rejects(ask([], { aborted: false }, 10), /class/);
    await assert.rejects(ask([{ cells: { ...cells, height: 3 }, images: targets }]), /cells/);
    await assert.rejects(ask([{ cells, images: targets }], { aborted: true }), { code: 'cancelled' });
  });
});
