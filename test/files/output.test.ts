/** What is written, where, and what never is. */
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { exportsAmong, isExport, marked } from '../../src/files/mark';
import { outputsBeside } from '../../src/files/output';
import { isMarked, MARK_BYTES } from '../../src/protocol/mark';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';

const picture = (value: number) =>
  sharp({ create: { width: 5, height: 4, channels: 3, background: { r: value, g: 20, b: 30 } } })
    .png()
    .toBuffer();

describe('files/output', () => {
  const { at, write } = testFolder();
  const read = (name: string) => readFileSync(at(name), 'utf8');

  it('makes folders, replaces data, and leaves nothing else behind', async () => {
    const outputs = outputsBeside([]);
    await outputs.write(at('a', 'b', 'm.npy'), 'first');
    await outputs.write(at('a', 'b', 'm.npy'), 'second');
    assert.equal(read('a/b/m.npy'), 'second');
    assert.deepEqual(readdirSync(at('a', 'b')), ['m.npy']);
  });

  it('removes the temporary file of what could not be written', async () => {
    write('m.npy', 'first');
    await assert.rejects(outputsBeside([]).write(at('m.npy'), 3 as never), { code: 'output-unwritable' });
    assert.equal(read('m.npy'), 'first');
    assert.deepEqual(readdirSync(at()), ['m.npy']);
  });

  describe('is never an input', () => {
    const refused = async (output: string, inputs: readonly string[], force = true) => {
      for (const act of ['check', 'write'] as const) {
        const promise = outputsBeside(inputs, force)[act](output, 'x' as never);
        await assert.rejects(promise, { code: 'output-taken', message: /this run reads/ });
      }
    };

    it('by its name, however it is written', async () => {
      const input = write('in/photo.png', 'photo');
      await refused(input, [input]);
      await refused(path.relative(process.cwd(), input), [input]);
      await refused(at('in', 'x', '..', 'photo.png'), [input]);
      await refused(input, [path.relative(process.cwd(), input)]);
      assert.equal(read('in/photo.png'), 'photo');
    });

    it('by a link to it, or as what a link leads to', async () => {
      const input = write('in/photo.png', 'photo');
      symlinkSync(input, at('link.png'));
      symlinkSync(at('in'), at('folder'));
      linkSync(input, at('hard.png'));
      for (const output of ['link.png', 'hard.png', 'folder/photo.png']) await refused(at(output), [input]);
      for (const named of ['link.png', 'hard.png', 'folder/photo.png']) await refused(input, [at(named)]);
      assert.equal(read('in/photo.png'), 'photo');
    });

    it('in the place of one that is not there yet', async () => {
      mkdirSync(at('in'));
      symlinkSync(at('in'), at('folder'));
      await refused(at('folder', 'm.explain.json'), [at('in', 'm.explain.json')]);
    });
  });

  describe('a picture', () => {
    it('replaces only pictures of ours, or what the user wants replaced', async () => {
      const [before, now] = [await picture(1), marked(await picture(2), '')];
      write('photo.png', before);
      const outputs = outputsBeside([]);
      for (const act of [() => outputs.check(at('photo.png'), true), () => outputs.write(at('photo.png'), now)])
        await assert.rejects(act(), { code: 'output-taken', message: /photo\.png: .*did not draw.*--force/ });
      assert.deepEqual(readFileSync(at('photo.png')), before);
      await outputsBeside([], true).write(at('photo.png'), now);
      assert.deepEqual(readFileSync(at('photo.png')), Buffer.from(now));
      const again = marked(await picture(3), '');
      await outputs.write(at('photo.png'), again);
      assert.deepEqual(readFileSync(at('photo.png')), Buffer.from(again));
      write('empty.png', '');
      await outputs.write(at('empty.png'), now);
    });

    it('goes where a link leads', async () => {
      write('real.npy', 'first');
      symlinkSync(at('real.npy'), at('link.npy'));
      await outputsBeside([]).write(at('link.npy'), 'second');
      assert.equal(read('real.npy'), 'second');
      assert.ok(lstatSync(at('link.npy')).isSymbolicLink());
      symlinkSync(at('nowhere', 'x.npy'), at('lost.npy'));
      const message = /lost\.npy: can't be written \(a link that leads nowhere\)/;
      await assert.rejects(outputsBeside([]).write(at('lost.npy'), 'x'), { code: 'output-unwritable', message });
    });

    it('takes the place of a file alone', async () => {
      mkdirSync(at('folder.npy'));
      if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe.npy')]);
      const refused = (file: string, message: RegExp) =>
        assert.rejects(outputsBeside([], true).write(file, 'x'), { code: 'output-unwritable', message });
      await refused(at('folder.npy'), /it is a folder, not a file/);
      if (process.platform === 'win32') return;
      await refused(at('pipe.npy'), /it is a named pipe, not a file/);
      await refused('/dev/null', /it is a device, not a file/);
    });
  });

  it('is the old file or the new one when the process is killed', async () => {
    const [old, length] = [write('m.npy', 'old'), 2 ** 23];
    let during = 0;
    for (let i = 0; i < 6; i++) {
      const child = fork(project('out', 'test', 'files', 'output.entry.js'), [old]);
      const isWriting = () => readdirSync(at()).filter((name) => name.endsWith('.part')).length > during;
      while (!isWriting()) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, 7 * i));
      child.kill('SIGKILL');
      await once(child, 'exit');
      during = readdirSync(at()).filter((name) => name.endsWith('.part')).length;
      const now = readFileSync(old);
      if (String(now) !== 'old') assert.ok(now.equals(Buffer.alloc(length, 'new')), `${now.length} bytes`);
    }
    assert.ok(during > 0, 'no kill came while the file was written');
  });

  it('is how everything is written', () => {
    const files = ['src/files', 'src/engine', 'src/cli', 'src/extension'].flatMap((folder) =>
      readdirSync(project(folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    );
    const writing = files.filter(
      (file) =>
        file.endsWith('.ts') &&
        /\b(writeFile|writeFileSync|createWriteStream|appendFile|rename|renameSync|copyFile|cp)\(/.test(
          readFileSync(project(file), 'utf8'),
        ),
    );
    // The journal, which is added to; locks; documents that are in no local file; in a folder of ours: maps, lists, a copy of the
    // demo, and onnxruntime's libraries for CUDA.
    const others =
      /^src\/(files\/(output|lock\/lock)|extension\/(cuda\/(download|install|unpack)|images\/export|maps\/map-store|dataset\/(inspect|shortcut))|cli\/evaluate\/(\w+\/)?(journal|lines))\.ts$/;
    assert.deepEqual(
      writing.filter((file) => !others.test(file)),
      [],
    );
  });
});

describe('the mark of our pictures', () => {
  const { at, write } = testFolder();

  it('is text that others read, and changes no pixel', async () => {
    const plain = await picture(1);
    const png = marked(plain, 'Grad-CAM of 猫\n(class 3)');
    const { comments } = await sharp(png).metadata();
    assert.deepEqual(comments, [
      { keyword: 'Software', text: 'Group-CAM' },
      { keyword: 'Description', text: 'Grad-CAM of 猫 (class 3)' },
    ]);
    assert.deepEqual(await sharp(png).raw().toBuffer(), await sharp(plain).raw().toBuffer());
  });

  it('is known from the start of a file, and from nothing else', async () => {
    const plain = await picture(1);
    const png = marked(plain, 'x'.repeat(10_000));
    assert.ok(isMarked(png.subarray(0, MARK_BYTES)));
    assert.ok(!isMarked(plain));
    assert.ok(!isMarked(await sharp(png).jpeg().toBuffer()));
    const other = Buffer.from(png);
    other.write('Group-ham', other.indexOf('Group-CAM'));
    assert.ok(!isMarked(other));
    for (let length = 0; length < 120; length++) isMarked(png.subarray(0, length));
    const endless = Buffer.from(png);
    endless.writeUInt32BE(0xffffffff, 8);
    assert.ok(!isMarked(endless));
  });

  it('is looked for in files', async () => {
    const [ours, theirs] = [write('ours.PNG', marked(await picture(1), '')), write('theirs.png', await picture(1))];
    const gone = at('gone.png');
    assert.deepEqual(await exportsAmong([theirs, ours, gone, at('x.jpg')]), new Set([ours]));
    assert.equal(await isExport(at()), false);
  });

  it('a place that can’t be is refused in one line, however deep it is', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const file of ['/proc/nope/x.png', '/proc/nope/deeper/still/x.png'])
      await assert.rejects(outputsBeside([]).write(file, 'text'), {
        code: 'output-unwritable',
        message: /^\/proc\/nope.*can't be written \(ENOENT/,
      });
  });
});
