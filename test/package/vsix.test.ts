/** The packaged extension, as it would be published: small, complete, and it explains an image. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project } from '../support/shared';
import { explained, stateLine } from '../ui/explanation';
import { keepFailure, openWindow, type Window } from '../ui/harness';
import { expand, explainFromExplorer, explorerRow } from '../ui/workbench';

const LIMIT_MB = 45;

describe('the VSIX', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-vsix-'));
  const vsix = path.join(folder, 'group-cam.vsix');
  let window: Window;

  before(function () {
    this.timeout(180_000);
    execFileSync(process.execPath, [project('scripts', 'package.mjs'), '--out', vsix], { stdio: 'pipe' });
  });

  afterEach(function () {
    return keepFailure(this, window);
  });

  after(async () => {
    await window?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`is smaller than ${LIMIT_MB} MB`, () => {
    assert.ok(statSync(vsix).size < LIMIT_MB * 1e6, `${statSync(vsix).size} bytes`);
  });

  it('holds what runs, for this platform only, and nothing else', () => {
    const listing = execFileSync('python3', ['-m', 'zipfile', '-l', vsix], { encoding: 'utf8' });
    const files = listing.split('\n').flatMap((line) => /^extension\/(\S+)/.exec(line)?.[1] ?? []);
    const binaries = files.filter((file) => file.endsWith('.node'));
    assert.deepEqual(binaries.map((file) => path.posix.basename(file).replace(/-[\d.]+\.node$/, '.node')).sort(), [
      'onnxruntime_binding.node',
      `sharp-${process.platform}-${process.arch}.node`,
    ]);
    for (const wanted of ['dist/extension.js', 'dist/engine.js', 'media/demo/demo-objects.onnx', 'LICENSE.txt']) {
      assert.ok(files.includes(wanted), `${wanted} is missing`);
    }
    const unwanted = /\.(map|ts|mts|cts)$|^(src|test|scripts|out|docs)\/|\/script\//;
    assert.deepEqual(
      files.filter((file) => unwanted.test(file)),
      [],
    );
  });

  it('explains an image where it is installed', async () => {
    window = await openWindow({ vsix });
    await expand(window.page, 'scenes');
    await explainFromExplorer(window.page, explorerRow(window.page, 'cat-and-dog.png'));
    await explained(window.page);
    assert.match(await stateLine(window.page), /cat|dog/);
  });
});
