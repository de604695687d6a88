/**
 * Mutated models and images through one client and its engine. Whatever they are, each is answered: with an explanation, or
 * with a failure that has a name. `npm run fuzz` runs as many as asked; the environment says how many:
 * FUZZ_MODELS, FUZZ_IMAGES, FUZZ_SEED, and FUZZ_FIRST, the number of the first.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createEngine, type Engine } from '../../src/client/engine';
import { ExplainError } from '../../src/core/errors';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { MethodName } from '../../src/core/methods/names';
import type { ImageSource } from '../../src/protocol/requests';
import { needs, project, shared } from '../support/shared';
import { CLASSIFIER, tinyModel } from '../support/tiny-model';
import { MODELS } from './bases';
import { mutatePicture, pictures } from './images';
import { mutateModel, mutateSettings } from './models';
import { type Random, seeded, seedOf } from './random';

const asked = (name: string, usual: number) => Number(process.env[`FUZZ_${name}`] ?? usual);
const SEED = asked('SEED', 1);
const FIRST = asked('FIRST', 0);

/** Bytes that the engine may hold. */
const MEMORY = 2 ** 31;
/** Milliseconds that the engine may be silent. */
const SILENCE = 10_000;
/** Codes that no input may lead to. Where the runtime refuses memory that is no fault, where the client ends the engine it is. */
const FAULTS: ReadonlySet<string> = new Set([
  'internal',
  'engine-crashed',
  'engine-start',
  'timeout',
  'protocol-version',
]);
const METHODS: readonly MethodName[] = ['grad-cam', 'layer-cam', 'gradient', 'group-cam'];

describe('fuzz', () => {
  let folder = '';
  let engine: Engine;
  before(() => {
    const limits = { call: SILENCE };
    engine = createEngine({ module: project('dist', 'engine.js'), log: () => {}, memory: MEMORY, limits });
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-fuzz-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  after(() => engine.dispose());

  async function explain(random: Random, image: ImageSource, model: string): Promise<void> {
    const { height, width } = (
      await engine.call('explain', {
        ...DEFAULT_CHOICE,
        method: random.pick(METHODS),
        view: 'fuzz',
        image,
        model: { path: model },
        target: 'top',
        device: 'cpu',
        top: 3,
      })
    ).frame.inputSize;
    assert.ok(height > 0 && width > 0);
  }

  /** The fault that an input has led to, in words; none for an answer, or a failure that is the input's own. */
  async function faultOf(run: () => Promise<unknown>, outcomes: Map<string, number>): Promise<string | undefined> {
    const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    try {
      await run();
      count('explained');
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof ExplainError)) return `thrown: ${thrown}`;
      const { code, message } = thrown;
      count(code);
      const ended = code === 'out-of-memory' && message.includes('the engine was ended');
      return ended || FAULTS.has(code) ? `${code}: ${message}` : undefined;
    }
  }

  /** Runs `count` inputs, each in a folder of its own, which is kept where a fault shows. */
  async function all(kind: string, count: number, make: (random: Random, inputs: string) => () => Promise<unknown>) {
    const faults: string[] = [];
    const outcomes = new Map<string, number>();
    for (let number = FIRST; number < FIRST + count; number++) {
      const inputs = path.join(folder, `${kind}-${SEED}-${number}`);
      mkdirSync(inputs);
      const fault = await faultOf(make(seeded(seedOf(SEED, number)), inputs), outcomes);
      if (fault !== undefined) {
        const kept = project('test-results', 'fuzz', path.basename(inputs));
        cpSync(inputs, kept, { recursive: true });
        faults.push(`seed ${SEED}, number ${number}, kept in ${kept}: ${fault}`);
        console.log(faults.at(-1));
      }
      rmSync(inputs, { recursive: true });
    }
    const counts = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => `${times} ${outcome}`);
    console.log(`      ${counts.join(', ')}`);
    assert.deepEqual(faults, []);
    assert.ok(count < 50 || (outcomes.get('explained') ?? 0) > count / 20, 'most mutations break everything');
  }

  const models = asked('MODELS', 300);
  it(`${models} mutated models`, async function () {
    this.timeout(0);
    needs(this, shared('cases'), 'half of the models that are mutated');
    const cases = readdirSync(shared('cases'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.onnx'))
      .sort()
      .map((file) => readFileSync(shared('cases', file)));
    const image = path.join(folder, 'image.png');
    writeFileSync(image, (await pictures())[0]!.bytes);
    await all('model', models, (random, inputs) => {
      const file = path.join(inputs, 'net.onnx');
      writeFileSync(file, mutateModel(random, random.chance(0.7) ? MODELS : cases));
      const settings = mutateSettings(random);
      if (settings) writeFileSync(path.join(inputs, settings.name), settings.text);
      return async () => {
        await engine.call('inspect', { model: { path: file } });
        await explain(random, { path: image }, file);
      };
    });
  });

  const images = asked('IMAGES', 200);
  it(`${images} mutated images`, async function () {
    this.timeout(0);
    const model = path.join(folder, 'net.onnx');
    writeFileSync(model, tinyModel(CLASSIFIER));
    const originals = await pictures();
    for (const { extension, bytes } of originals)
      await explain(seeded(0), { bytes, name: `whole.${extension}` }, model);
    await all('image', images, (random, inputs) => {
      const { extension, bytes } = mutatePicture(random, originals);
      const file = path.join(inputs, `image.${extension}`);
      writeFileSync(file, bytes);
      return () => explain(random, random.chance(0.5) ? { path: file } : { bytes, name: file }, model);
    });
  });
});
