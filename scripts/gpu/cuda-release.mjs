/// <reference path="../../src/extension/cuda/yauzl.d.ts" />
// `node scripts/gpu/cuda-release.mjs FILE [--out JSON]`: fills in media/cuda.json for a release. FILE is the NuGet package
// Microsoft.ML.OnnxRuntime.Gpu.Linux of the version of onnxruntime that package.json names, downloaded by hand.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { open } from 'yauzl';
import { root, runMain, SetupError } from '../host/run.mjs';

const LIBRARY = /^runtimes\/linux-x64\/native\/libonnxruntime_providers_\w+\.so$/;
const NUGET = 'https://www.nuget.org';

/** @param {string} file */
async function archiveOf(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const zip = await promisify(open)(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
  /** @type {{ path: string, bytes: number }[]} */
  const files = [];
  await new Promise((resolve, reject) => {
    zip?.on('entry', ({ fileName, uncompressedSize }) => {
      if (LIBRARY.test(fileName)) files.push({ path: fileName, bytes: uncompressedSize });
      zip.readEntry();
    });
    zip?.on('end', () => resolve(undefined));
    zip?.on('error', reject);
    zip?.readEntry();
  });
  zip?.close();
  files.sort((a, b) => a.path.localeCompare(b.path));
  for (const name of ['shared', 'cuda'])
    if (!files.some((one) => one.path.endsWith(`_${name}.so`)))
      throw new SetupError(`${file}: without libonnxruntime_providers_${name}.so, so it is another package`);
  return { bytes: statSync(file).size, sha256: hash.digest('hex'), files };
}

runMain(async () => {
  const out = path.join(root, 'media', 'cuda.json');
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string', default: out } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (!file) throw new SetupError('Name the NuGet package: node scripts/gpu/cuda-release.mjs FILE');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const version = dependencies['onnxruntime-node'];
  const name = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
  const release = {
    onnxruntime: version,
    url: `${NUGET}/api/v2/package/${name}/${version}`,
    page: `${NUGET}/packages/${name}/${version}`,
    licence: 'MIT',
    archive: await archiveOf(file),
  };
  writeFileSync(values.out, `${JSON.stringify(release, null, 2)}\n`);
  console.log(`${values.out}: ${release.archive.bytes} bytes, ${release.archive.files.length} libraries`);
});
