import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { unpack } from '../../../src/extension/cuda/unpack';
import { testFolder } from '../../support/folder';
import { type ZipEntry, zipOf } from '../../support/zip';

const IN = 'runtimes/linux-x64/native';
const LIBRARY = Buffer.from('a library '.repeat(1000));
const files = [
  { path: `${IN}/libone.so`, bytes: LIBRARY.length },
  { path: `${IN}/libtwo.so`, bytes: 3 },
];
const good: readonly ZipEntry[] = [
  { name: 'package.nuspec', content: Buffer.from('<package/>') },
  { name: `${IN}/libone.so`, content: LIBRARY },
  { name: `${IN}/libtwo.so`, content: Buffer.from('two'), mode: 0o100755 },
  { name: `${IN}/libthree.so`, content: LIBRARY },
];
/** The good archive with another entry in the place of `libone.so`. */
const instead = (entry: Partial<ZipEntry>) => good.map((one, i) => (i === 1 ? { ...one, ...entry } : one));
const zeros = Buffer.alloc(50_000_000);

describe('the archive of CUDA', () => {
  const { at, write } = testFolder();
  const run = async (archive: Uint8Array) => {
    write('out/keep', '');
    const { signal } = new AbortController();
    try {
      await unpack(write('package.zip', archive), files, at('out'), signal);
    } finally {
      assert.deepEqual(readdirSync(at()).sort(), ['out', 'package.zip'], 'nothing is written elsewhere');
    }
  };

  it('gives the expected files and no other', async () => {
    await run(zipOf(good));
    assert.deepEqual(readdirSync(at('out')).sort(), ['keep', 'libone.so', 'libtwo.so']);
    assert.deepEqual(readFileSync(at('out', 'libone.so')), LIBRARY);
  });

  it('replaces no file and follows no link', async () => {
    write('elsewhere/library.so', 'mine');
    write('out/keep', '');
    symlinkSync(at('elsewhere', 'library.so'), at('out', 'libone.so'));
    const { signal } = new AbortController();
    const unpacked = unpack(write('package.zip', zipOf(good)), files, at('out'), signal);
    await assert.rejects(unpacked, { code: 'cuda-failed', message: /EEXIST/ });
    assert.equal(readFileSync(at('elsewhere', 'library.so'), 'utf8'), 'mine');
  });

  for (const [what, archive, message] of [
    ['another kind of file', Buffer.from('<html>Sign in</html>'), /is no archive/],
    ['an archive that is cut', zipOf(good).subarray(0, -30), /is no archive/],
    ['an archive without a file', zipOf(good.slice(0, 2)), /without runtimes\/linux-x64\/native\/libtwo\.so/],
    ['a way out of the folder', zipOf([...good, { name: '../../evil.so', content: LIBRARY }]), /\.\.\/\.\.\/evil\.so/],
    ['a way out by a backslash', zipOf([...good, { name: '..\\evil.so', content: LIBRARY }]), /evil\.so/],
    ['a place from the root', zipOf([...good, { name: '/tmp/evil.so', content: LIBRARY }]), /\/tmp\/evil\.so/],
    ['a link in the place of a file', zipOf(instead({ mode: 0o120777 })), /libone\.so is no regular file/],
    ['a folder in the place of a file', zipOf(instead({ mode: 0o040755 })), /libone\.so is no regular file/],
    ['another size', zipOf(instead({ content: Buffer.from('short') })), /has 5 bytes, not 10000/],
    ['a bomb', zipOf(instead({ content: zeros })), /has 50000000 bytes, not 10000/],
    ['a bomb that says it is small', zipOf(instead({ content: zeros, claimed: LIBRARY.length })), /bytes/],
    ['less than it says', zipOf(instead({ content: Buffer.from('x'), claimed: LIBRARY.length })), /bytes/],
    ['what is encrypted', zipOf(instead({ encrypted: true })), /encrypted/],
    ['a file twice', zipOf([...good, good[1]!]), undefined],
    [
      'too many entries',
      zipOf(Array.from({ length: 1001 }, (_, i) => ({ name: `${i}`, content: Buffer.alloc(0) }))),
      /has 1001 entries/,
    ],
  ] as const) {
    it(message ? `refuses ${what}` : `takes the first of ${what}`, async () => {
      if (message) await assert.rejects(run(archive), { code: 'cuda-failed', message });
      else await run(archive);
    });
  }

  it('a damaged stream is told', async () => {
    const damaged = zipOf(good);
    damaged.fill(0xff, damaged.indexOf('libone.so') + 10, damaged.indexOf('libone.so') + 20);
    await assert.rejects(run(damaged), { code: 'cuda-failed', message: /can't be unpacked/ });
  });

  it('cancelled work ends', async () => {
    write('out/keep', '');
    const file = write('package.zip', zipOf(good));
    await assert.rejects(unpack(file, files, at('out'), AbortSignal.abort()), { code: 'cancelled' });
  });
});
