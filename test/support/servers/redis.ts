/** Debian's Redis, with a password, an append-only file and, if asked, TLS alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missing } from '../shared';
import { ended, freePort, type Server, startServer } from './server';

export const REDIS = '/usr/bin/redis-server';

export interface RedisServer extends Server {
  /** What its certificate is checked against; with TLS alone. */
  readonly authority: string;
  readonly folder: string;
}

export async function startRedis(options: { readonly tls?: boolean } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-redis-'));
  const port = await freePort();
  const password = 'p@ss word/1';
  const authority = path.join(folder, 'cert.pem');
  const key = path.join(folder, 'key.pem');
  if (options.tls) selfSigned(authority, key);
  const lines = [
    options.tls ? `port 0\ntls-port ${port}\ntls-cert-file ${authority}\ntls-key-file ${key}` : `port ${port}`,
    ...(options.tls ? ['tls-auth-clients no'] : []),
    'bind 127.0.0.1',
    `dir ${folder}`,
    `requirepass "${password}"`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
  ];
  const file = path.join(folder, 'redis.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const program = { command: REDIS, args: [file] };
  let child = await startServer(program, port);
  return {
    address: `${options.tls ? 'rediss' : 'redis'}://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    password,
    port,
    folder,
    authority,
    pid: () => child.pid!,
    async killAndRestart() {
      await ended(child, 'SIGKILL');
      child = await startServer(program, port);
    },
    async end() {
      await ended(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function selfSigned(certificate: string, key: string): void {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  const name = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...args, ...name, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
}

/** Skips the suite where there is no Redis; with CI set it fails. */
export function needsRedis(context: Mocha.Context, exists: (file: string) => boolean): void {
  if (!exists(REDIS)) missing(context, `${REDIS} is missing: no queue`);
}
