/** Commands whose reader ends before them, as in `group-cam ... | head`: they end at once, and what is done is kept. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { testFolder } from '../support/folder';
import { needs, project } from '../support/shared';
import { CLASSES, tinySet } from '../support/tiny-training';
import { rowsOf, succeeds } from './dataset/support';

const SCENE = project('media', 'demo', 'scenes', 'cat-and-dog.png');
const PER_CLASS = 10;

type Stream = 'stdout' | 'stderr';

/** Runs `group-cam` and closes one of its streams after some lines; gives the exit code and what the other stream got. */
async function closedEarly(stream: Stream, lines: number, args: readonly string[]) {
  const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let other = '';
  child[stream === 'stdout' ? 'stderr' : 'stdout'].on('data', (data) => {
    other += String(data);
  });
  let seen = 0;
  if (lines === 0) child[stream].destroy();
  child[stream].on('data', (data) => {
    seen += String(data).split('\n').length - 1;
    if (seen >= lines) child[stream].destroy();
  });
  const [code] = await once(child, 'exit');
  return { code, other };
}

describe('cli: a reader that ends', () => {
  const folder = testFolder();
  const run = () => folder.at('r.groupcam');
  let [model, list] = ['', ''];

  beforeEach(async () => {
    const set = await tinySet(folder, PER_CLASS);
    model = set.model.path;
    const lines = set.images.map(({ path, truth }) => `${path},${CLASSES[truth[0]!]}`);
    list = folder.write('list.csv', `image,class\n${lines.join('\n')}\n`);
  });

  const dataset = () => ['dataset', list, '--model', model, '--run', run(), '--device', 'cpu'];
  const finetune = (to: string, ...more: readonly string[]) => [
    ...['finetune', run(), '--model', model, '--train', '', '--arm', 'plain', '--lr', '0.05', '--batch', '12'],
    ...['--epochs', '25', '--output', folder.at(to), '--device', 'cpu', ...more],
  ];

  for (const stream of ['stdout', 'stderr'] as const) {
    it(`of the ${stream} of a training: its state is kept, and the same command ends with the same model`, async () => {
      await succeeds(...dataset());
      const more = stream === 'stdout' ? ['--json'] : [];
      await succeeds(...finetune('whole.onnx', ...more));
      const { code, other } = await closedEarly(stream, 4, finetune('new.onnx', ...more));
      assert.equal(code, 130);
      assert.doesNotMatch(other, /EPIPE|Error:|\n {4}at /);
      if (stream === 'stdout') assert.match(other, /stopped; what is done is kept[^\n]*\n$/);
      assert.ok(!existsSync(folder.at('new.onnx')) && existsSync(folder.at('new.onnx.training', 'training.state')));
      const { stderr } = await succeeds(...finetune('new.onnx', ...more));
      const [, epoch] = /going on after epoch (\d+)/.exec(stderr) ?? [];
      assert.ok(Number(epoch) >= 1, stderr);
      assert.ok(readFileSync(folder.at('new.onnx')).equals(readFileSync(folder.at('whole.onnx'))), 'the same bytes');
    });
  }

  it('of a dataset: the same command computes the rest', async () => {
    const { code } = await closedEarly('stderr', 0, dataset());
    assert.equal(code, 130);
    await succeeds(...dataset());
    assert.equal((await rowsOf(run())).length, 3 * PER_CLASS);
  });

  it('of explanations ends the command without a word', async () => {
    const scenes = Array(6).fill(['--class', 'cat', '--class', 'dog']).flat();
    const { code, other } = await closedEarly('stdout', 1, ['explain', SCENE, SCENE, ...scenes, '--json']);
    assert.deepEqual([code, other], [141, '']);
  });

  it('where there is no room for what is printed, one line says so', async function () {
    needs(this, '/dev/full', 'a full disk is a device of Linux');
    const child = spawn(process.execPath, [project('dist', 'group-cam.js'), 'explain', SCENE, '--json'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let said = '';
    child.stderr!.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    assert.match(said, /^error: standard output: can't be written \(ENOSPC[^\n]*\n$/);
  });
});
