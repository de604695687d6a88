/** `group-cam export`, as its users run it. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addExport } from '../../src/cli/export';
import type { Terminal } from '../../src/cli/terminal';
import { errors } from '../../src/core/errors';
import { createService } from '../../src/engine/service';
import type { Service } from '../../src/protocol/requests';
import { withSignal } from '../support/cancelled';
import { exportEnds } from '../support/cli';
import { exportWith } from '../support/exported';
import { testFolder } from '../support/folder';
import { LAYER, networkModel } from '../support/tiny-network';

describe('cli: export', () => {
  const folder = testFolder();
  const write = () => folder.write('model.onnx', networkModel({}));

  it('says in one line what was written, and replaces an earlier export alone', async () => {
    const [model, output] = [write(), folder.at('new folder', 'ü #1.explained.onnx')];
    for (const method of ['group-cam', 'grad-cam']) {
      const { code, stdout, stderr } = await exportEnds(model, output, '--method', method);
      assert.deepEqual([code, stdout], [0, ''], stderr);
      assert.match(
        stderr,
        new RegExp(`explained\\.onnx: ${method} of ${LAYER}, \\d+ bytes, for any number of images; .*\\n$`),
      );
    }
    const before = readFileSync(model);
    const taken = await exportEnds(output, model);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /^error: .*model\.onnx: not replaced, .*\n$/);
    assert.deepEqual(readFileSync(model), before);
  });

  it('refuses two layers, of which the last one alone would be explained', async () => {
    const output = folder.at('two.onnx');
    const { code, stderr } = await exportEnds(write(), output, '--layer', 'map', '--layer', LAYER);
    assert.equal(code, 1);
    assert.match(stderr, /^error: layer map, layer: must be a single one in an exported model\.\n$/);
    assert.ok(!existsSync(output));
  });

  it('ends with 130 after Ctrl-C, and says that nothing was written', async () => {
    const abort = new AbortController();
    const said: string[] = [];
    const terminal = { signal: abort.signal, say: (text: string) => said.push(text) } as unknown as Terminal;
    const service = {
      export: async () => {
        abort.abort();
        throw errors.cancelled();
      },
    } as unknown as Service;
    const program = new Command();
    addExport(program, () => service, terminal);
    try {
      await program.parseAsync(['export', '--model', 'a.onnx', '--output', 'b.onnx'], { from: 'user' });
      assert.deepEqual([process.exitCode, said], [130, ['stopped; nothing was written']]);
    } finally {
      process.exitCode = undefined;
    }
  });

  it('that is cancelled while it works writes no file', async () => {
    const abort = new AbortController();
    abort.abort();
    const output = folder.at('stopped.onnx');
    const exported = exportWith(withSignal(createService(), abort.signal), { model: { path: write() }, output });
    await assert.rejects(exported, { code: 'cancelled' });
    assert.ok(!existsSync(output));
  });
});
