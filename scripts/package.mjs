// `npm run package [-- --out FILE] [--built]`: a VSIX for this platform. It holds the native libraries that npm installed here,
// so each platform packages its own. With --built, dist goes into it as it is.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { listFiles } from '@vscode/vsce';
import { build } from './build.mjs';
import { root, runMain, runQuietly } from './host/run.mjs';
import { noticesOf, packagesOf } from './notices.mjs';

const require = createRequire(import.meta.url);
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const target = `${process.platform}-${process.arch}`;

runMain(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string' }, built: { type: 'boolean', default: false } } });
  const out = path.resolve(root, values.out ?? `${name}-${target}-${version}.vsix`);
  const bundled = await build({ tests: false, write: !values.built });
  const notices = path.join(root, 'ThirdPartyNotices.txt');

  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-package-'));
  try {
    const ignoreFile = path.join(folder, 'vscodeignore');
    const binaries = `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/*`;
    writeFileSync(ignoreFile, `${readFileSync(path.join(root, '.vscodeignore'), 'utf8')}!${binaries}\n`);
    const included = await listFiles({ cwd: root, ignoreFile });
    writeFileSync(notices, noticesOf(packagesOf([...bundled, ...included])));
    const vsce = path.join(path.dirname(require.resolve('@vscode/vsce/package.json')), 'vsce');
    const options = ['--target', target, '--ignoreFile', ignoreFile, '--out', out, '--no-rewrite-relative-links'];
    await runQuietly(process.execPath, [vsce, 'package', ...options]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(notices, { force: true });
  }
  console.log(`${out} (${(statSync(out).size / 1e6).toFixed(1)} MB)`);
});
