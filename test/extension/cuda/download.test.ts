import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { download } from '../../../src/extension/cuda/download';
import { type FileServer, serveFile } from '../../support/file-server';
import { testFolder } from '../../support/folder';

const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('the download of CUDA', () => {
  const { at, write } = testFolder();
  let server: FileServer;
  const start = async (signal = new AbortController().signal) => {
    const arrived: number[] = [];
    const report = (bytes: number) => {
      arrived.push(bytes);
      server.cut(bytes);
    };
    const wanted = { url: server.url, bytes: CONTENT.length, sha256: sha256(CONTENT) };
    await download(wanted, at('package'), { fetch, signal, report });
    return arrived;
  };

  beforeEach(async () => {
    server = await serveFile(CONTENT);
  });
  afterEach(() => server.close());

  it('gets the file, and tells how much has arrived', async () => {
    const arrived = await start();
    assert.equal(arrived.at(-1), CONTENT.length);
    assert.deepEqual(readFileSync(at('package')), CONTENT);
    assert.equal(existsSync(at('package.part')), false);
    assert.deepEqual(server.ranges, ['']);
  });

  it('goes on behind what has arrived when the connection is cut', async () => {
    server.stops = [100_000, 150_000];
    await start();
    assert.deepEqual(readFileSync(at('package')), CONTENT);
    assert.deepEqual(server.ranges, ['', 'bytes=100000-', 'bytes=150000-']);
  });

  it('goes on behind what an earlier attempt has left', async () => {
    write('package.part', CONTENT.subarray(0, 123_456));
    await start();
    assert.deepEqual(server.ranges, ['bytes=123456-']);
    assert.deepEqual(readFileSync(at('package')), CONTENT);
  });

  it('asks for nothing if all has arrived before', async () => {
    write('package.part', CONTENT);
    await start();
    assert.deepEqual(server.ranges, []);
    assert.deepEqual(readFileSync(at('package')), CONTENT);
  });

  it('starts anew at a server that knows no ranges', async () => {
    server.knowsRanges = false;
    write('package.part', CONTENT.subarray(0, 1000));
    await start();
    assert.deepEqual(readFileSync(at('package')), CONTENT);
  });

  it('starts anew if more is there than the file has', async () => {
    write('package.part', Buffer.concat([CONTENT, CONTENT]));
    await start();
    assert.deepEqual(readFileSync(at('package')), CONTENT);
  });

  it('gives up a server that never gives a byte, keeps what is there and says how to go on', async () => {
    write('package.part', CONTENT.subarray(0, 1000));
    server.answer = (_, response) => response.writeHead(503).end('busy');
    await assert.rejects(start(), { code: 'cuda-failed', message: /answers 503.*http\.proxy.*1000 of 300000 bytes/ });
    assert.equal(server.ranges.length, 3);
    assert.equal(statSync(at('package.part')).size, 1000);
  });

  it('gives up a server that refuses to go on and always cuts the file', async () => {
    write('package.part', CONTENT.subarray(0, 1000));
    server.answer = ({ headers }, response) => {
      if (headers.range) return response.writeHead(416).end('no');
      response.writeHead(200, { 'content-length': CONTENT.length });
      return response.write(CONTENT.subarray(0, 5000), () => response.destroy());
    };
    await assert.rejects(start(), { code: 'cuda-failed', message: /can't be downloaded/ });
    assert.ok(server.ranges.length <= 8, `${server.ranges.length} requests`);
  });

  it('gives up a server that answers 416 to everything', async () => {
    server.answer = (_, response) => response.writeHead(416).end('no');
    await assert.rejects(start(), { code: 'cuda-failed', message: /answers 416/ });
    assert.equal(server.ranges.length, 3);
  });

  it('says so if there is no server', async () => {
    await server.close();
    await assert.rejects(start(), { code: 'cuda-failed', message: /ECONNREFUSED/ });
    server = await serveFile(CONTENT);
  });

  for (const [what, change, message] of [
    ['a file that is missing', { answer: (_, response) => response.writeHead(404).end('no') }, /answers 404/],
    ['a longer file', { content: Buffer.concat([CONTENT, CONTENT]) }, /has 600000 bytes, not the 300000/],
    ['a shorter file', { content: CONTENT.subarray(1) }, /has 299999 bytes, not the 300000/],
    [
      'a flood without an end',
      {
        answer: (_, response) => {
          response.writeHead(200);
          const more = () => {
            while (response.write(CONTENT));
          };
          response.on('drain', more);
          more();
        },
      },
      /gives more than the 300000 bytes/,
    ],
  ] as const satisfies [string, Partial<FileServer>, RegExp][]) {
    it(`refuses ${what}`, async () => {
      Object.assign(server, change);
      await assert.rejects(start(), { code: 'cuda-failed', message });
      assert.equal(existsSync(at('package')), false);
    });
  }

  it('deletes what is another file of the same size, so that the next attempt is a new one', async () => {
    server.content = Buffer.from(CONTENT).fill(7, 1000, 1001);
    await assert.rejects(start(), { code: 'cuda-failed', message: /not the file of this release.*SHA-256/ });
    assert.equal(existsSync(at('package')) || existsSync(at('package.part')), false);
    server.content = CONTENT;
    await start();
    assert.deepEqual(readFileSync(at('package')), CONTENT);
  });

  it('ends when it is cancelled, and keeps what has arrived', async () => {
    const abort = new AbortController();
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 5000), () => abort.abort());
    };
    await assert.rejects(start(abort.signal), { code: 'cancelled' });
    assert.equal(existsSync(at('package')), false);
  });
});
