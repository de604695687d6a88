/** Where the weights of an exported model are, and what is left of an export that does not end well. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { reference } from '../../../src/core/onnx/weights';
import { createService } from '../../../src/engine/service';
import type { Params } from '../../../src/protocol/requests';
import { withSignal } from '../../support/cancelled';
import { engineMap, exportWith, float, runFile } from '../../support/exported';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { writeLarge } from '../../support/large-weights';
import { makeReadOnly } from '../../support/read-only';
import { largestDifference } from '../../support/reference';
import { mountSmall } from '../../support/small-disk';
import { IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

const { depth, height, width } = IMAGE;
const CHANNELS = 64;
const OPTIONS = { groups: 3, theta: 60 };
const WHOLE = networkModel({
  network: { ...NETWORK, channels: CHANNELS, conv: noise(CHANNELS * depth * 9, 7), linear: noise(CHANNELS * 3, 11) },
});
const { model: MODEL, weights: WEIGHTS } = withExternalWeights(WHOLE, 'weights.bin');

describe('the weights of an exported model', () => {
  const folder = testFolder();
  const service = createService();

  /** The network in a folder, with its weights beside it. */
  function write(name = 'net'): string {
    folder.write(path.join(name, 'weights.bin'), WEIGHTS);
    return folder.write(path.join(name, 'model.onnx'), MODEL);
  }

  const exported = (file: string, output: string, choice: Partial<Params<'export'>> = {}) =>
    exportWith(service, { model: { path: file, layer: LAYER }, output, options: OPTIONS, ...choice });

  async function mapOf(file: string): Promise<Float32Array> {
    const image = float(Float32Array.from(IMAGE.data), [1, depth, height, width]);
    return (await runFile(file, { image }))['saliency']!.data as Float32Array;
  }

  const names = (...parts: string[]) => readdirSync(folder.at(...parts)).sort();

  it('in several files, in folders below and at any place of these, are kept or packed', async () => {
    const proto = fromBinary(ModelProtoSchema, WHOLE);
    const large = proto.graph!.initializer.filter(({ rawData }) => rawData.byteLength > 0);
    for (const [i, tensor] of large.entries()) {
      const [location, offset] = [i % 2 === 0 ? 'one.bin' : 'a/b c/two.bin', 3 + i];
      const bytes = Buffer.alloc(offset + tensor.rawData.byteLength, 255);
      bytes.set(tensor.rawData, offset);
      const before = existsSync(folder.at(location)) ? readFileSync(folder.at(location)) : Buffer.alloc(0);
      folder.write(location, Buffer.concat([before, bytes]));
      const stored = reference(tensor, location, before.length + offset, tensor.rawData.byteLength);
      proto.graph!.initializer[proto.graph!.initializer.indexOf(tensor)] = stored;
    }
    const file = folder.write('model.onnx', toBinary(ModelProtoSchema, proto));
    const image = { tensor: folder.write('input.npy', tensorFile(IMAGE)) };
    const { map } = await engineMap(service, { model: { path: file, layer: LAYER }, image, options: OPTIONS });
    assert.equal(Math.max(...map), 1);
    const [kept, packed] = [folder.at('kept.onnx'), folder.at('other', 'packed.onnx')];
    await exported(file, kept);
    await exported(file, packed, { external: 'pack' });
    for (const output of [kept, packed]) assert.ok(largestDifference(await mapOf(output), map) <= 1e-4, output);
  });

  it('are refused in one file of 2 GiB before anything is read or written, and a single one of that size at all', async () => {
    const line =
      /not exported, since one file would get 22\d{8} bytes, .* 2 GiB\. Leave .*: `--external keep`, .*folder\.$/;
    const two = writeLarge(folder.at('two'), 122_350, 2);
    const output = folder.at('two', 'out.onnx');
    const before = process.resourceUsage().maxRSS;
    await assert.rejects(exportWith(service, { model: { path: two }, output, external: 'pack' }), {
      code: 'export-failed',
      message: line,
    });
    const grown = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(grown < 500, `${grown} MiB`);
    assert.deepEqual(names('two'), ['model.onnx', 'wide0.bin', 'wide1.bin']);
    const one = writeLarge(folder.at('one'), 244_700, 1);
    await assert.rejects(exportWith(service, { model: { path: one }, output: folder.at('one', 'out.onnx') }), {
      code: 'model-too-large',
      message: /its tensor "wide0" has 2255155200 bytes/,
    });
  });

  it('stay only where the written file finds them, whatever the links to it', async () => {
    const file = write();
    const elsewhere = folder.at('other', 'earlier.onnx');
    await exported(file, elsewhere, { external: 'pack' });
    const earlier = readFileSync(elsewhere);
    // By its name it would lie beside the weights.
    symlinkSync(elsewhere, folder.at('net', 'link.onnx'));
    const beside = /external keep: must be pack, or the output must lie beside .*model\.onnx and its weights\.$/;
    for (const output of [folder.at('net', 'link.onnx'), elsewhere, folder.at('new', 'out.onnx')])
      await assert.rejects(exported(file, output), { code: 'bad-option', message: beside });
    assert.deepEqual(readFileSync(elsewhere), earlier);
    assert.ok(!existsSync(folder.at('new')));
    // And so it lies, by another name of the folder.
    symlinkSync(folder.at('net'), folder.at('same'));
    await exported(file, folder.at('same', 'out.onnx'));
    assert.equal(Math.max(...(await mapOf(folder.at('net', 'out.onnx')))), 1);
  });

  it('behind a link, as in the cache of Hugging Face, are packed alone, since a runtime would not read them', async () => {
    const blob = write('blobs');
    mkdirSync(folder.at('snapshot'));
    for (const name of ['model.onnx', 'weights.bin'])
      symlinkSync(folder.at('blobs', name), folder.at('snapshot', name));
    const file = folder.at('snapshot', 'model.onnx');
    const output = folder.at('snapshot', 'out.onnx');
    await assert.rejects(exported(file, output), {
      code: 'export-failed',
      message: /weights\.bin is a link out of its folder, .*\. Pack the weights: `--external pack`/,
    });
    assert.deepEqual(names('snapshot'), ['model.onnx', 'weights.bin']);
    await exported(file, output, { external: 'pack' });
    assert.equal(Math.max(...(await mapOf(output))), 1);
    assert.ok(existsSync(blob));
  });

  it('that are missing, cut off or outside the folder, and an output over them, are one line each', async () => {
    const file = write();
    const weights = folder.at('net', 'weights.bin');
    const output = folder.at('net', 'out.onnx');
    for (const external of ['keep', 'pack'] as const) {
      for (const over of [weights, file])
        await assert.rejects(exported(file, over, { external }), { code: 'output-taken', message: /this run reads/ });
      renameSync(weights, `${weights}.away`);
      await assert.rejects(exported(file, output, { external }), { code: 'external-data-missing' });
      folder.write(path.join('net', 'weights.bin'), WEIGHTS.subarray(0, 500));
      await assert.rejects(exported(file, output, { external }), { code: 'external-data-missing' });
      renameSync(`${weights}.away`, weights);
      const outside = folder.write('out/model.onnx', withExternalWeights(WHOLE, '../net/weights.bin').model);
      await assert.rejects(exported(outside, output, { external }), { code: 'external-data-outside' });
    }
    assert.deepEqual(names('net'), ['model.onnx', 'weights.bin']);
  });
});

describe('an export that does not end well', () => {
  const folder = testFolder();
  const service = createService();
  const model = () => ({ path: folder.write('model.onnx', WHOLE), layer: LAYER });

  it('leaves the earlier one as it was when it is cancelled while it writes', async () => {
    const output = folder.at('new', 'out.onnx');
    const choice = { model: model(), output, options: OPTIONS };
    await exportWith(service, choice);
    const earlier = readFileSync(output);
    let drafts: string[] = [];
    const signal = {
      get aborted() {
        drafts = readdirSync(folder.at('new')).filter((name) => name.endsWith('.part'));
        return drafts.length > 0;
      },
    };
    await assert.rejects(exportWith(withSignal(service, signal), { ...choice, method: 'grad-cam', options: {} }), {
      code: 'cancelled',
    });
    assert.equal(drafts.length, 1, 'it was writing');
    assert.deepEqual(readdirSync(folder.at('new')), ['out.onnx']);
    assert.deepEqual(readFileSync(output), earlier);
  });

  it('leaves the earlier one as it was, and nothing else, when the disk is full or the folder can’t be written', async function () {
    mkdirSync(folder.at('disk'));
    const output = folder.at('disk', 'out.onnx');
    const choice = { model: model(), output, options: OPTIONS };
    const ways = [
      [() => mountSmall(folder.at('disk'), 32), /out\.onnx: can't be written \(the disk is full; make room there\)/],
      [() => makeReadOnly(folder.at('disk')), /out\.onnx: can't be written \(.*(read-only|permission).*\)/],
    ] as const;
    for (const [limit, message] of ways) {
      const limited = limit();
      if ('why' in limited) {
        console.warn(`SKIPPED: no such folder can be made: ${limited.why}`);
        this.skip();
      }
      try {
        if ('resize' in limited) await exportWith(service, choice);
        const earlier = existsSync(output) && readFileSync(output);
        await assert.rejects(exportWith(service, choice), { code: 'output-unwritable', message });
        assert.deepEqual(readdirSync(folder.at('disk')), earlier ? ['out.onnx'] : []);
        assert.deepEqual(existsSync(output) && readFileSync(output), earlier);
      } finally {
        limited.undo();
      }
    }
  });
});
