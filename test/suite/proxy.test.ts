/** VS Code's setting http.proxy, and the download of *Enable CUDA…*. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ConfigurationTarget, workspace } from 'vscode';
import { download } from '../../src/extension/cuda/download';
import { serveFile } from '../support/file-server';
import { testFolder } from '../support/folder';
import { activated } from './extension';

const CONTENT = Buffer.from('an archive of libraries'.repeat(1000));

/** A proxy on the loopback that leads every host to one port, and notes who was asked for. */
async function proxyTo(port: number) {
  const seen: string[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', ({ url }, socket) => {
    seen.push(`${url}`);
    const onward = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.on('request', ({ url }) => seen.push(`${url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe("VS Code's proxy", () => {
  const folder = testFolder();

  it('is what the download of CUDA goes through', async () => {
    await activated();
    const server = await serveFile(CONTENT);
    const proxy = await proxyTo(Number(new URL(server.url).port));
    const settings = workspace.getConfiguration('http');
    try {
      await settings.update('proxy', proxy.url, ConfigurationTarget.Global);
      const sha256 = createHash('sha256').update(CONTENT).digest('hex');
      // No name server knows this host.
      const wanted = { url: 'http://libraries.invalid/package', bytes: CONTENT.length, sha256 };
      const file = folder.at('archive.zip');
      const signal = new AbortController().signal;
      await download(wanted, file, { fetch: globalThis.fetch, signal, report: () => {} });
      assert.deepEqual(readFileSync(file), CONTENT);
      assert.match(`${proxy.seen[0]}`, /libraries\.invalid/);
    } finally {
      await settings.update('proxy', undefined, ConfigurationTarget.Global);
      await proxy.close();
      await server.close();
    }
  });
});
