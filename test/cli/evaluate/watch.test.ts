/** An evaluation whose model changes while it runs, or between two runs, keeps no number of another model. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ablate } from '../../../src/cli/ablate/ablate';
import { type EvaluateOptions, evaluate } from '../../../src/cli/evaluate/evaluate';
import { DataType, makeTensor, sizeOf } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { groupCamEnds } from '../../support/cli';
import { withExternalWeights } from '../../support/external';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';

const IMAGES = 4;
const STEM = [4, 3, 3, 3];
const FC = [4, 2];

/** The same network with other weights. */
function network(seed: number): Uint8Array {
  const weights = (dims: readonly number[]) =>
    Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(seed + 1.7 * i) / 2);
  const initializers = Object.entries({ stem: STEM, fc: FC }).map(([name, dims]) =>
    makeTensor(name, DataType.FLOAT, dims, weights(dims)),
  );
  return tinyModel({ ...CLASSIFIER, weights: {}, initializers });
}

describe('an evaluation whose model changes', () => {
  const folder = testFolder();
  const [before, after] = [network(1), network(2)];
  const external = { before: withExternalWeights(before, 'net.bin'), after: withExternalWeights(after, 'net.bin') };
  const model = () => folder.at('net.onnx');
  const sidecar = { input: { mean: [0.1, 0.1, 0.1], std: [0.3, 0.3, 0.3], scale: 1 / 255, fit: 'stretch' } };

  beforeEach(() => {
    for (let i = 1; i <= IMAGES; i++) {
      folder.write(`images/${i}.txt`, '');
      copyFileSync(project('media', 'demo', 'dataset', 'dog', `0${i}.jpg`), folder.at('images', `${i}.jpg`));
    }
    folder.write('net.onnx', before);
    folder.write('net.explain.json', sidecar);
  });

  const options = (report: string): EvaluateOptions => ({
    model: model(),
    methods: ['grad-cam'],
    metrics: ['average-drop', 'sparseness'],
    baselines: true,
    seed: 0,
    device: 'cpu',
    report: folder.at(report),
  });
  const said: string[] = [];
  const terminal = {
    signal: new AbortController().signal,
    say: (text: string) => void said.push(text),
    put() {},
    fail() {},
  };
  /** @param change done once so many maps have been made, while the next is made */
  const run = (report: string, at = Number.POSITIVE_INFINITY, change = () => {}, undo = () => {}) => {
    let maps = 0;
    const service = () => {
      const real = createService();
      const explain: typeof real.explain = async (params, context) => {
        maps += 1;
        if (maps === at) change();
        const explanation = await real.explain(params, context);
        if (maps === at) undo();
        return explanation;
      };
      return { ...real, explain };
    };
    return evaluate(folder.at('images'), options(report), service, terminal);
  };
  const lines = (report: string) => readFileSync(folder.at(report, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  const differs = (error: Error & { code: string }) => {
    assert.equal(error.code, 'evaluation-differs');
    assert.ok(!error.message.includes('\n'));
    return true;
  };
  const replace = (bytes: Uint8Array, name = 'net.onnx') => folder.write(name, bytes);

  const CHANGES: Readonly<Record<string, { readonly setUp?: () => void; readonly change: () => void }>> = {
    'its file': { change: () => replace(after) },
    'its file, of the same size and time': {
      change: () => {
        const { atime, mtime } = statSync(model());
        replace(after);
        utimesSync(model(), atime, mtime);
      },
    },
    'its external weights': {
      setUp: () => {
        replace(external.before.model);
        replace(external.before.weights, 'net.bin');
      },
      change: () => replace(external.after.weights, 'net.bin'),
    },
    'its sidecar': {
      change: () => folder.write('net.explain.json', { input: { ...sidecar.input, mean: [0.2, 0.2, 0.2] } }),
    },
    'its file, which is gone': { change: () => rmSync(model()) },
    'its file, half written': { change: () => replace(after.subarray(0, 100)) },
  };
  for (const [what, { setUp, change }] of Object.entries(CHANGES)) {
    it(`${what}, in the middle of a run: what was found before stays, nothing comes after`, async () => {
      setUp?.();
      await run('whole');
      await assert.rejects(run('out', 3, change), differs);
      const [whole, kept] = [lines('whole'), lines('out')];
      // Two images are done: the settings, and a method and the baselines of each.
      assert.deepEqual(kept, whole.slice(0, 1 + 2 * 2));
      assert.ok(!existsSync(folder.at('out', 'report.json')));
      assert.ok(!existsSync(folder.at('out', 'journal.jsonl.lock')));
    });
  }

  it('between two runs ends the second one with one line and exit code', async () => {
    replace(external.before.model);
    replace(external.before.weights, 'net.bin');
    await run('out');
    const found = lines('out');
    replace(external.after.weights, 'net.bin');
    const { model: file, report } = options('out');
    const settings = ['--methods', 'grad-cam', '--metrics', 'average-drop,sparseness', '--device', 'cpu'];
    const { code, stderr } = await groupCamEnds([
      ...['evaluate', folder.at('images'), '--model', file!, '--report', report],
      ...settings,
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*journal\.jsonl: not begun with the same model\. [^\n]*\n$/);
    assert.deepEqual(lines('out'), found);
    replace(external.before.weights, 'net.bin');
    await run('out');
    assert.deepEqual(lines('out'), found);
  });

  it('and is changed back: what was computed in between is computed again', async () => {
    await run('whole');
    await run(
      'out',
      2,
      () => replace(after),
      () => replace(before),
    );
    assert.deepEqual(lines('out'), lines('whole'));
  });

  it('whose file has only another modification time continues', async () => {
    await run('whole');
    await run('out', 2, () => utimesSync(model(), new Date(), new Date(Date.now() - 1e6)));
    for (const name of ['journal.jsonl', 'report.json', 'report.html'])
      assert.equal(readFileSync(folder.at('out', name), 'utf8'), readFileSync(folder.at('whole', name), 'utf8'), name);
  });

  it('while the report is written: there is none', async () => {
    // All maps of the images, then those of the examples.
    await assert.rejects(
      run('out', IMAGES + 1, () => replace(after)),
      differs,
    );
    assert.equal(lines('out').length, 1 + 2 * IMAGES);
    assert.ok(!existsSync(folder.at('out', 'report.json')));
  });

  it('between two values of an option: the sweep ends', async () => {
    const { methods, baselines, ...rest } = options('sweep');
    const sweep = { ...rest, method: 'group-cam', sweep: ['groups=1,2'] } as const;
    const change = {
      ...terminal,
      say: (text: string) => {
        if (text === 'groups=2') writeFileSync(model(), after);
      },
    };
    await assert.rejects(ablate(folder.at('images'), sweep, createService, change), differs);
    assert.ok(!existsSync(path.join(options('sweep').report, 'ablation.json')));
    assert.ok(!existsSync(path.join(options('sweep').report, 'groups=2')));
  });
});
