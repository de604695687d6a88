/**
 * The rate of two workers of one thread each over that of one process of two threads, with Group-CAM of all images. What
 * programs take to begin and to end is left out by the difference of two sets. Both are measured in turn, in several rounds, of which
 * the median counts. It prints a line of JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { startRedis } from '../../support/servers/redis';
import { median, timed } from '../measure';

/** Images of the sets. */
const [FEW, MANY] = [100, 500];
const ROUNDS = 3;
/** Images of a shard. */
const SIZE = 20;
const COMMON = ['--model', RESNET20, '--device', 'cpu'];
const MAPS = ['--maps', 'group-cam', '--for', 'all'];

async function succeeds(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { code, stderr } = await groupCamEnds(args, { ...process.env, ...env });
  if (code !== 0) throw new Error(stderr);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-rate-'));
  const server = await startRedis();
  try {
    const alone = (images: string, name: string) =>
      timed(() =>
        succeeds(['dataset', images, '--run', path.join(folder, `${name}.groupcam`), ...COMMON, ...MAPS], {
          GROUP_CAM_THREADS: '2',
        }),
      );
    const shared = (images: string, name: string) => {
      const at = path.join(folder, `shared-${name}`);
      const env = { GROUP_CAM_THREADS: '1', GROUP_CAM_QUEUE: server.address };
      const planner = ['dataset', images, '--run', path.join(folder, `q-${name}.groupcam`), '--shared', at];
      return timed(() =>
        Promise.all([
          succeeds([...planner, '--shard-size', String(SIZE), ...COMMON, ...MAPS], env),
          ...[1, 2].map(() => succeeds(['worker', '--shared', at, '--root', images, ...COMMON], env)),
        ]),
      );
    };
    const sets = [FEW, MANY].map((count) => cifarSubset(path.join(folder, `images-${count}`), count / 10));
    const rates = { alone: [] as number[], shared: [] as number[] };
    const loads: number[] = [];
    const rateOf = ([few, many]: readonly number[]) => (1000 * (MANY - FEW)) / (many! - few!);
    for (let round = 0; round < ROUNDS; round++) {
      const times = { alone: [] as number[], shared: [] as number[] };
      for (const [i, images] of sets.entries()) {
        times.alone.push(await alone(images, `${round}-${i}`));
        times.shared.push(await shared(images, `${round}-${i}`));
      }
      rates.alone.push(rateOf(times.alone));
      rates.shared.push(rateOf(times.shared));
      loads.push(loadavg()[0]!);
    }
    const ratio = median(rates.shared.map((rate, i) => rate / rates.alone[i]!));
    console.log(JSON.stringify({ alone: median(rates.alone), shared: median(rates.shared), ratio, rates, loads }));
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
