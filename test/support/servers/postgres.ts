/** Debian's PostgreSQL, under a user of its own where the tests run as root, since it refuses to. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ended, freePort, type Server, startServer } from './server';

const VERSIONS = '/usr/lib/postgresql';
const [newest] = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
export const POSTGRES = path.join(VERSIONS, newest ?? '15', 'bin', 'postgres');

function userOf(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export async function startPostgres(): Promise<Server> {
  const user = userOf();
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-postgres-'));
  const secret = path.join(folder, 'password');
  const password = 'p@ss word/2';
  writeFileSync(secret, `${password}\n`);
  for (const file of [folder, secret]) if (user) chownSync(file, user.uid, user.gid);
  const data = path.join(folder, 'data');
  const [initdb, isReady] = ['initdb', 'pg_isready'].map((name) => path.join(path.dirname(POSTGRES), name)) as [
    string,
    string,
  ];
  const args = ['-D', data, '-U', 'cluster', '-A', 'scram-sha-256', '--pwfile', secret, '--no-sync'];
  execFileSync(initdb, args, { stdio: 'pipe', cwd: folder, ...user });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const program = {
    command: POSTGRES,
    args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    ...(user && { user }),
    // While it starts up, it accepts connections and refuses what they ask.
    answers: () => spawnSync(isReady, ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0,
  };
  let child = await startServer(program, port);
  return {
    address: `postgres://cluster:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    password,
    port,
    pid: () => child.pid!,
    async killAndRestart() {
      await ended(child, 'SIGKILL');
      child = await startServer(program, port);
    },
    async end() {
      await ended(child, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
