/** Whatever is named in the place of a file: one line, at once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { openModel } from '../../src/engine/model/inspect';
import { decodeImage } from '../../src/engine/pictures/image';
import { readAnnotations, readMapping } from '../../src/files/annotations';
import { readNpy } from '../../src/files/npy';
import { readRegular, readText } from '../../src/files/open';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';
import { CLASSIFIER, tinyModel } from '../support/tiny-model';

const POSIX = process.platform !== 'win32';

describe('files/open', () => {
  const { at, write } = testFolder();
  const pipe = (name: string) => {
    execFileSync('mkfifo', [at(name)]);
    return at(name);
  };
  const refused = (promise: Promise<unknown>, message: RegExp) => assert.rejects(promise, { message });

  it('reads a file, and what a link leads to', async () => {
    symlinkSync(write('a.txt', 'as it is'), at('link.txt'));
    assert.equal(await readText(at('a.txt')), 'as it is');
    assert.equal(await readText(at('link.txt')), 'as it is');
  });

  it('a file larger than allowed is not read', () =>
    refused(readRegular(write('a.txt', '12345'), 4), /5 bytes; at most 4 are read/));

  it('a folder', () => refused(readText(at()), /it is a folder, not a file/));

  if (!POSIX) return;

  it('a named pipe, and a link to one', async () => {
    symlinkSync(pipe('pipe'), at('link'));
    await refused(readText(at('pipe')), /it is a named pipe, not a file/);
    await refused(readText(at('link')), /it is a named pipe, not a file/);
  });

  it('a device without an end', () => refused(readText('/dev/zero'), /it is a device, not a file/));

  it('a socket', async () => {
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(at('socket'), () => resolve(listening));
    });
    await refused(readText(at('socket')), /it is a socket, not a file/);
    server.close();
  });

  describe('a named pipe in the place of', () => {
    const PIPE = /(pipe\S*): .*it is a named pipe, not a file/;
    const model = () => write('m.onnx', tinyModel(CLASSIFIER));

    it('images, more than there are threads to wait in', () =>
      Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((name) => refused(decodeImage({ path: pipe(`pipe-${name}.png`) }), PIPE)),
      ));

    it('a bitmap', () => refused(decodeImage({ path: pipe('pipe.bmp') }), PIPE));
    it('a model', () => refused(openModel({ path: pipe('pipe.onnx') }), PIPE));
    it('labels', () => refused(openModel({ path: model(), labels: pipe('pipe.txt') }), PIPE));
    it('a tensor', () => refused(readNpy(pipe('pipe.npy')), PIPE));
    it('annotations', () => refused(readAnnotations(pipe('pipe.json')), PIPE));
    it('one of many annotations', () => {
      pipe('pipe.xml');
      return refused(readAnnotations(at()), PIPE);
    });
    it('a mapping', () => refused(readMapping(pipe('pipe.json'), [], []), PIPE));
    it('a sidecar', () => {
      const file = model();
      pipe('m.explain.json');
      return refused(openModel({ path: file }), /m\.explain\.json: .*it is a named pipe, not a file/);
    });
    it('a configuration, which is noted and not used', async () => {
      const file = model();
      pipe('preprocessor_config.json');
      const { info } = await openModel({ path: file });
      assert.match(
        info.assumptions.join('\n'),
        /preprocessor_config\.json: not used \(it is a named pipe, not a file\)/,
      );
    });
  });

  /** What opens or reads a file by its path. */
  const OPENERS = /\b(readFile|readFileSync|createReadStream|openSync|openAsBlob)\(|(?<![\w.])open\(/;
  /** Those that read what nobody has named, the lock and the system's own files, or that call other things `open`. */
  const OTHERS = /\/(cores|lock|open|output|owner|parts|providers|sessions)\.ts$/;

  it('is how every file is opened in the engine and on the command line', () => {
    const files = ['src/files', 'src/engine', 'src/cli'].flatMap((folder) =>
      readdirSync(project(folder), { recursive: true, encoding: 'utf8' }).map((name) => path.posix.join(folder, name)),
    );
    const opening = files.filter(
      (file) =>
        file.endsWith('.ts') && OPENERS.test(readFileSync(project(file), 'utf8').replace(/\bhandle\.\w+\(/g, '')),
    );
    assert.deepEqual(
      opening.filter((file) => !OTHERS.test(file)),
      [],
    );
  });
});
