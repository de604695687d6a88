import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { CPU_RULES } from '../../../src/core/gradients/cpu';
import type { RuleTable } from '../../../src/core/gradients/rule';
import { RULES } from '../../../src/core/gradients/rule-table';
import type { AttributeValue } from '../../../src/core/onnx/emit';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType } from '../../../src/core/onnx/tensors';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { project } from '../../support/shared';
import { inMemory, tinyModel } from '../../support/tiny-model';

/** What test/data/gradients/make.py wrote. */
interface Stored {
  readonly dims: readonly number[];
  readonly input: readonly number[];
  readonly seed: readonly number[];
  /** d(seed . output) / d input by autograd. */
  readonly gradient: readonly number[];
}

interface Kink extends Stored {
  readonly op: string;
  readonly opset: number;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

const folder = project('test', 'data', 'gradients');
const stored = <T extends Stored>(name: string): T => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));

const TABLES = { 'any device': RULES, 'a CPU': CPU_RULES };

async function gradientOf(
  model: Uint8Array,
  name: string,
  { dims, input, seed }: Stored,
  rules: RuleTable,
): Promise<number[]> {
  const file = inMemory(parseModel(model, name));
  const session = await gradientSession(file, dims, ['image'], 'all', DataType.FLOAT, rules);
  const x = { type: 'float32', data: Float32Array.from(input), dims };
  const { gradients } = await session.run(x, Float32Array.from(seed));
  await session.release();
  return Array.from(gradients.get('image')!.data as Float32Array);
}

for (const [device, rules] of Object.entries(TABLES))
  describe(`gradients stored by autograd, on ${device}`, () => {
    for (const [i, kink] of (stored('kinks') as unknown as readonly Kink[]).entries()) {
      it(`${kink.op} at its kinks (${i})`, async () => {
        const attributes = Object.entries(kink.attributes).map(([name, value]) => [name, attributeOf(name, value)]);
        const model = tinyModel({
          inputs: { image: kink.dims },
          outputs: ['y'],
          nodes: [[kink.op, 'image', 'y', Object.fromEntries(attributes)]],
          opset: kink.opset,
        });
        const actual = await gradientOf(model, kink.op, kink, rules);
        for (const [at, expected] of kink.gradient.entries()) {
          assert.ok(
            Math.abs(actual[at]! - expected) <= 1e-6,
            `at ${kink.input[at]}: [${actual}] for [${kink.gradient}]`,
          );
        }
      });
    }

    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
      it(`network ${file}`, async () => {
        const network = stored(file.replace('.onnx', ''));
        const actual = await gradientOf(readFileSync(`${folder}/${file}`), file, network, rules);
        const { largest } = relativeErrors(actual, network.gradient);
        assert.ok(largest <= 1e-5, `${largest} of the largest magnitude`);
      });
    }
  });

const FLOATS = new Set(['alpha', 'beta', 'min', 'max']);

function attributeOf(name: string, value: number | readonly number[]): AttributeValue {
  if (typeof value !== 'number') return { ints: value };
  return FLOATS.has(name) ? { float: value } : { int: value };
}
