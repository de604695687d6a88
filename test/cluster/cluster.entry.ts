/** One server's row of `npm run cluster`: see scripts/cluster/run.mjs. Arguments: Redis or PostgreSQL, and the file to write. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { succeeds } from '../cli/dataset/support';
import { cifarSubset, RESNET20 } from '../support/cifar';
import { runCluster, sameTable } from '../support/cluster';
import { startPostgres } from '../support/servers/postgres';
import { startRedis } from '../support/servers/redis';

const IMAGES = 2000;
const KILLS = 100;
const MAPS = ['--maps', 'group-cam', '--for', 'all'];

async function main([name, file]: readonly string[]): Promise<void> {
  if (file === undefined || (name !== 'Redis' && name !== 'PostgreSQL'))
    throw new Error('give Redis or PostgreSQL, and the file to write');
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-cluster-'));
  const server = await (name === 'Redis' ? startRedis() : startPostgres());
  try {
    const images = cifarSubset(path.join(folder, 'images'), IMAGES / 10);
    const alone = path.join(folder, 'alone.groupcam');
    await succeeds('dataset', images, '--model', RESNET20, '--run', alone, '--device', 'cpu', ...MAPS);
    const { stdout: expected } = await succeeds('query', alone, '--csv');
    const { killed, paused, seconds, table } = await runCluster({
      ...{ server, images, model: RESNET20, items: IMAGES, more: MAPS, size: 16 },
      ...{ workers: 4, kills: KILLS, pauses: 5, lock: 5, seed: 1 },
      say: (line) => console.log(`${name}: ${line}`),
    });
    sameTable(table, expected);
    const { worker, engine, planner, server: servers } = killed;
    writeFileSync(
      file,
      `| ${name} | ${worker} workers, ${engine} engines, ${planner} planners, ${servers} servers | ${paused} | ${table.split('\n').length - 2} rows, the same bytes | ${Math.round(seconds / 60)} min on ${cpus()[0]?.model.trim()}, ${cpus().length} processors |\n`,
    );
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((thrown) => {
  console.error(thrown);
  process.exitCode = 1;
});
