/** The packaged extension, as it would be published: small, complete, and it explains an image. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project } from '../support/shared';
import { explained, stateLine } from '../ui/explanation';
import { useWindow } from '../ui/harness';
import { expand, explainFromExplorer, explorerRow } from '../ui/workbench';

const LIMIT_MB = 45;

describe('the VSIX', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-vsix-'));
  const vsix = path.join(folder, 'group-cam.vsix');
  before(() => {
    execFileSync(process.execPath, [project('scripts', 'package.mjs'), '--out', vsix, '--built'], { stdio: 'pipe' });
  });

  const window = useWindow({ vsix });

  after(() => rmSync(folder, { recursive: true, force: true }));

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
    const demos = ['demo-objects.onnx', 'shortcut/shop.onnx', 'shortcut/shop.json', 'shortcut/shop/mug/01.webp'];
    const pictures = [...readFileSync(project('README.md'), 'utf8').matchAll(/\]\((media\/[\w./-]+\.png)\)/g)];
    assert.ok(pictures.length >= 5);
    for (const wanted of [
      ...['dist/extension.js', 'dist/engine.js', 'LICENSE.txt', 'docs/methods.md', 'docs/methods.jpg'],
      ...demos.map((file) => `media/demo/${file}`),
      ...pictures.map(([, file]) => file!),
    ]) {
      assert.ok(files.includes(wanted), `${wanted} is missing`);
    }
    const unwanted = /\.(map|ts|mts|cts)$|^(src|test|scripts|out)\/|^docs\/(?!methods\.)|\/script\//;
    assert.deepEqual(
      files.filter((file) => unwanted.test(file)),
      [],
    );
  });

  it('holds the licence of everything that others have made', () => {
    const read = (file: string) =>
      execFileSync(
        'python3',
        [
          '-c',
          'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))',
          vsix,
          `extension/${file}`,
        ],
        { maxBuffer: 2 ** 28, encoding: 'utf8' },
      );
    const listing = execFileSync('python3', ['-m', 'zipfile', '-l', vsix], { encoding: 'utf8' });
    const files = listing.split('\n').flatMap((line) => /^extension\/(\S+)/.exec(line)?.[1] ?? []);
    // The bundler names each source file above its code.
    const bundled = files
      .filter((file) => /^dist\/.*\.(js|css)$/.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(/^\s*(?:\/\/|\/\*) (node_modules\/\S+)/gm)].map(([, source]) => source!),
      );
    const folders = [...files, ...bundled].flatMap(
      (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
    );
    const notices = read('ThirdPartyNotices.txt');
    const entries = new Map(
      notices.split(/^={80}\n(?=\S+ \S+ \(.*\)\n)/m).map((entry) => [entry.split(' (')[0], entry]),
    );
    const packages = new Set(folders);
    // Some are there only as files, some only in bundles.
    for (const known of [
      'onnxruntime-node',
      'sharp',
      '@img/colour',
      'commander',
      'uplot',
      'd3-scale',
      '@bufbuild/protobuf',
    ])
      assert.ok(packages.has(`node_modules/${known}`), known);
    for (const folder of packages) {
      const { name, version } = JSON.parse(readFileSync(project(folder, 'package.json'), 'utf8'));
      const entry = entries.get(`${name} ${version}`);
      assert.ok(entry, `${name} ${version} has no notice`);
      assert.match(entry, /copyright.*(permission|permit|licen[cs]e)|licen[cs]e.*copyright/is, name);
    }
    for (const [of, words] of [
      [
        `@img/sharp-libvips-${process.platform}-${process.arch}`,
        /librsvg +\| LGPLv3.*GNU LESSER GENERAL PUBLIC LICENSE.*GNU GENERAL PUBLIC LICENSE/s,
      ],
      ['onnxruntime-node', /Eigen.*MPL/s],
      ['@vscode/codicons', /Attribution 4\.0 International/],
    ] as const)
      assert.match([...entries].find(([name]) => name?.startsWith(`${of} `))![1], words, of);
    assert.match(notices, /Twemoji, .*CC-BY 4\.0/);
  });

  it('explains an image where it is installed', async () => {
    await expand(window.page, 'scenes');
    await explainFromExplorer(window.page, explorerRow(window.page, 'cat-and-dog.png'));
    await explained(window.page);
    assert.match(await stateLine(window.page), /cat|dog/);
  });
});
