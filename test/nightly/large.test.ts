/** Exported models with weights near 2 GiB and above, which plain onnxruntime runs. It takes up to 10 GiB of memory. */
import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import { createService } from '../../src/engine/service';
import { npyBytes } from '../../src/files/npy';
import { engineMap, exportWith, float, runFile } from '../support/exported';
import { testFolder } from '../support/folder';
import { writeLarge } from '../support/large-weights';
import { largestDifference } from '../support/reference';
import { noise } from '../support/tiny-network';

const DIMS = [1, 3, 8, 8];
const DATA = Float32Array.from(noise(3 * 8 * 8, 5));
const OPTIONS = { variant: 'gradient-free', groups: 8 };

describe('an exported model with large weights', () => {
  const folder = testFolder();

  for (const [external, columns] of [['keep', 122_350] as const, ['pack', 115_900] as const])
    it(`${external}: two of ${columns * 9216} bytes`, async () => {
      const service = createService();
      const model = { path: writeLarge(folder.at(), columns, 2) };
      const output = external === 'keep' ? folder.at('out.onnx') : folder.at('new', 'out.onnx');
      const image = { tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data: DATA })) };
      const { bytes } = await exportWith(service, { model, output, external, options: OPTIONS });
      assert.equal(statSync(output).size, bytes);
      const { map } = await engineMap(service, { model, image, options: OPTIONS });
      const { saliency } = await runFile(output, { image: float(DATA, DIMS) });
      assert.ok(largestDifference(saliency!.data as Float32Array, map) <= 1e-4);
      assert.equal(Math.max(...map), 1);
    });
});
