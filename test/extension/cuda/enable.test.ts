/** *Enable CUDA* and *Remove CUDA* from the question to the copy of the runtime, against a local server. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errors } from '../../../src/core/errors';
import { type CudaWindow, enableCuda, removeCuda } from '../../../src/extension/cuda/enable';
import { type CudaPlace, environmentOf, hasAnything, isInstalled } from '../../../src/extension/cuda/install';
import { type CudaRelease, releaseIn } from '../../../src/extension/cuda/release';
import type { CudaSystem } from '../../../src/extension/cuda/system';
import type { DeviceReport } from '../../../src/protocol/devices';
import { type FileServer, serveFile } from '../../support/file-server';
import { testFolder } from '../../support/folder';
import { missing, project } from '../../support/shared';
import { zipOf } from '../../support/zip';

const LIBRARY = Buffer.from('a library');
const NAME = 'libonnxruntime_providers_cuda.so';
const PATH = `runtimes/linux-x64/native/${NAME}`;
const ARCHIVE = zipOf([{ name: PATH, content: LIBRARY }]);
const SYSTEM: CudaSystem = { driver: '580.65.06', missing: [], folders: ['/usr/local/cuda/lib64'] };
const WORKS: DeviceReport = { device: 'cuda', available: true, detail: '9 times as fast' };
const { version } = JSON.parse(readFileSync(project('node_modules', 'onnxruntime-node', 'package.json'), 'utf8'));

describe('CUDA', () => {
  const { at } = testFolder();
  let server: FileServer;
  beforeEach(async () => {
    server = await serveFile(ARCHIVE);
  });
  afterEach(() => server.close());

  const place = (): CudaPlace => ({ storage: at('cuda'), packages: project('node_modules'), runtime: version });
  const release = (archive = ARCHIVE): CudaRelease => ({
    ...{ onnxruntime: version, url: server.url, page: 'https://example.org/package', licence: 'MIT' },
    archive: {
      bytes: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
      files: [{ path: PATH, bytes: LIBRARY.length }],
    },
  });
  /** A window that answers by these, and writes down what it was asked and told. */
  function windowOf(
    answers: { readonly system?: CudaSystem; readonly yes?: boolean; readonly button?: boolean } = {},
    cuda: DeviceReport | undefined = WORKS,
  ) {
    const said: string[] = [];
    const window: CudaWindow = {
      inspectSystem: async () => answers.system ?? SYSTEM,
      confirm: async (question, detail) => {
        said.push(`ask: ${question}\n${detail}`);
        return answers.yes ?? true;
      },
      progress: (_, work) => work((text) => said.push(`progress: ${text}`), new AbortController().signal),
      restart: async () => void said.push('restart'),
      devices: async () => (cuda ? [cuda] : []),
      notify: (text) => said.push(`notify: ${text}`),
      warn: async (text) => {
        said.push(`warn: ${text}`);
        return answers.button ?? false;
      },
      fetch,
    };
    return { said, window };
  }
  const bin = () =>
    at('cuda', `onnxruntime-${version}`, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', 'x64');
  /** A test of the installed runtime, of which CUDA is a part on Linux x64 alone. */
  const onLinux = (title: string, test: () => Promise<void> | void) =>
    it(title, function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') missing(this, 'CUDA is installed on Linux x64 alone');
      return test();
    });

  onLinux('asks with size, source and licence, downloads, tests, and says that it works', async () => {
    const { said, window } = windowOf();
    await enableCuda(place(), release(), window);
    const [question, ...others] = said;
    for (const part of ['(1 MB)', 'https://example.org/package', version, 'MIT', at('cuda'), '580.65.06', 'found'])
      assert.ok(question!.includes(part), `${part} in ${question}`);
    assert.deepEqual(others, [
      'progress: 100 % of 1 MB',
      'restart',
      'notify: CUDA works: 9 times as fast. The device auto may take it now.',
    ]);
    assert.deepEqual(readFileSync(path.join(bin(), NAME)), LIBRARY);
    assert.ok(existsSync(path.join(bin(), 'onnxruntime_binding.node')), 'the runtime lies beside it');
    assert.deepEqual(readdirSync(at('cuda')), [`onnxruntime-${version}`], 'nothing else is left');
    assert.equal(isInstalled(place()), true);
    assert.deepEqual(environmentOf(place(), assert.fail, '/mine'), {
      GROUP_CAM_RUNTIME: at('cuda', `onnxruntime-${version}`),
      LD_LIBRARY_PATH: '/usr/local/cuda/lib64:/mine',
    });
    assert.deepEqual(environmentOf({ ...place(), runtime: '0.0.1' }, assert.fail), {}, 'of another version');
  });

  it('does nothing if the answer is no', async () => {
    const { said, window } = windowOf({ yes: false });
    await enableCuda(place(), release(), window);
    assert.equal(said.length, 1);
    assert.deepEqual(server.ranges, []);
    assert.equal(hasAnything(place()), false);
  });

  it('asks nothing without a driver', async () => {
    const { said, window } = windowOf({ system: { driver: undefined, missing: ['libcuda.so.1'], folders: [] } });
    await assert.rejects(enableCuda(place(), release(), window), {
      code: 'cuda-failed',
      message: /no driver of NVIDIA/,
    });
    assert.deepEqual([said, server.ranges], [[], []]);
  });

  it('says what is missing, and that the driver may be too old, before it asks', async () => {
    const system = { driver: '535.104.05', missing: ['libcublasLt.so.13'], folders: [] };
    const { said, window } = windowOf({ system, yes: false });
    await enableCuda(place(), release(), window);
    assert.match(said[0]!, /535\.104\.05, which may be too old: .* 580/);
    assert.match(said[0]!, /libcublasLt\.so\.13 not found/);
  });

  onLinux('says why it does not work, with the library that is missing, and removes it if asked to', async () => {
    const detail =
      "libonnxruntime_providers_cuda.so can't be loaded: libcublasLt.so.13: cannot open shared object file";
    const failed = { device: 'cuda', available: false, detail } as const;
    const kept = windowOf({}, failed);
    await enableCuda(place(), release(), kept.window);
    assert.match(kept.said.at(-1)!, /^warn: CUDA can't be used: .*libcublasLt\.so\.13.* The other devices go on/);
    assert.equal(isInstalled(place()), true, 'what is missing may be installed later');
    const removed = windowOf({ button: true }, failed);
    await enableCuda(place(), release(), removed.window);
    assert.equal(hasAnything(place()), false);
  });

  for (const [what, archive, message] of [
    ['no archive', Buffer.from('<html></html>'), /is no archive/],
    ['a hostile archive', zipOf([{ name: `../${NAME}`, content: LIBRARY }]), /can't be unpacked/],
    ['an archive of something else', zipOf([{ name: 'other', content: LIBRARY }]), /without runtimes/],
  ] as const) {
    it(`leaves nothing of ${what} behind, and the engine as it was`, async () => {
      server.content = archive;
      const { said, window } = windowOf();
      await assert.rejects(enableCuda(place(), release(archive), window), { code: 'cuda-failed', message });
      assert.deepEqual(readdirSync(at('cuda')), []);
      assert.equal(said.includes('restart'), false);
      assert.equal(isInstalled(place()), false);
    });
  }

  onLinux('goes on behind a download that was cut, in the next attempt', async () => {
    server.stops = [50];
    const { window } = windowOf();
    const cutting: CudaWindow = {
      ...window,
      progress: (title, work) =>
        window.progress(title, (_, signal) =>
          work(() => {
            server.cut(50);
            server.answer = (__, response) => response.writeHead(503).end();
          }, signal),
        ),
    };
    await assert.rejects(enableCuda(place(), release(), cutting), { code: 'cuda-failed' });
    assert.equal(hasAnything(place()), true, 'it can be removed');
    server.answer = undefined;
    server.ranges.length = 0;
    await enableCuda(place(), release(), windowOf().window);
    assert.deepEqual(server.ranges, ['bytes=50-']);
    assert.equal(isInstalled(place()), true);
  });

  onLinux('is removed', async () => {
    await enableCuda(place(), release(), windowOf().window);
    const { said, window } = windowOf();
    await removeCuda(place(), window);
    assert.equal(existsSync(at('cuda')), false);
    assert.deepEqual(said, ['restart', 'notify: CUDA’s libraries were removed']);
    assert.deepEqual(environmentOf(place(), assert.fail), {});
  });

  onLinux('a damaged note of it is told, and CUDA is left out', async () => {
    await enableCuda(place(), release(), windowOf().window);
    writeFileSync(at('cuda', `onnxruntime-${version}`, 'installed.json'), '{');
    const told: string[] = [];
    assert.deepEqual(
      environmentOf(place(), (line) => told.push(line)),
      {},
    );
    assert.match(told.join(), /installed\.json not JSON.*enable it again/);
  });

  it('is offered only by a release that has an archive of the same version', () => {
    const text = readFileSync(project('media', 'cuda.json'), 'utf8');
    const own = JSON.parse(text);
    assert.equal(own.onnxruntime, version);
    assert.ok(own.url.endsWith(`/${version}`) && own.page.endsWith(`/${version}`));
    const { archive, ...without } = { ...own, archive: release().archive };
    assert.equal(releaseIn(JSON.stringify(without), version), undefined);
    const filled = JSON.stringify({ ...without, archive });
    assert.deepEqual(releaseIn(filled, version)?.archive, archive);
    assert.equal(releaseIn(filled, '0.0.1'), undefined);
    for (const flaw of [{ sha256: 'x' }, { bytes: -1 }, { files: [{ path: '../../lib.so', bytes: 1 }] }])
      assert.throws(() => releaseIn(JSON.stringify({ ...without, archive: { ...archive, ...flaw } }), version), {
        code: errors.internal('').code,
      });
  });
});
