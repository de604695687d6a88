/** The request by which other machines sweep a dataset. */
import path from 'node:path';
import type { ListedDataset } from '../../files/datasets/listed';
import { productVersion } from '../../files/product';
import { parseAddress } from '../../protocol/params/queue-address';
import type { RunnerRequests, RunnerService } from '../../protocol/runner';
import { workerCommand } from '../plan/commands';
import { prepared } from '../prepare';
import { followShards } from '../queue/follow';
import { rememberedIn } from '../remembered';
import { mergeTarget } from '../shards/merge';
import { type Plan, planOf, sharePlan } from '../shards/plan';
import type { NewVersion } from '../store/form';
import { abortSignal, type Tools } from './tools';

type What = RunnerRequests['distribute']['params']['what'];
type Of<K extends string> = Extract<What, { readonly [N in K]: unknown }>;

/** @param log gets what happens to the queue, in words */
export function distributeRequest({ engine, files, works }: Tools, log: (line: string) => void) {
  const distribute: RunnerService['distribute'] = async (params, context) => {
    const signal = abortSignal(context.signal);
    // What is wrong with the address shows before anything is listed.
    const address = parseAddress(params.queue);
    const { run: name, what, maps, size, shared } = params;
    const options = { for: maps?.for ?? 'wrong', ...(maps && { maps: maps.method }) } as const;
    const plannedOf = async (dataset: ListedDataset, version: NewVersion): Promise<Plan> => {
      const sized = { signal, ...(size !== undefined && { size }) };
      return sharePlan(shared, await planOf(dataset, version, options, await productVersion(), sized));
    };

    async function ofDataset({ source, model, ...more }: Of<'source'>) {
      const wanted = { run: name, source, models: [model], ...more };
      const { dataset, versions } = await prepared(
        wanted,
        await rememberedIn(files, wanted),
        engine,
        (images) => context.emit('listed', images),
        signal,
      );
      const plan = await plannedOf(dataset, versions[0]!);
      const run = files.isOpen(name) ? files.get(name) : await files.open(name, true);
      const target = await works.between(run.path, async () => {
        const entered = await mergeTarget(run.writable(), plan, signal, dataset);
        run.listedAgain();
        return entered;
      });
      return { run, target };
    }

    async function ofVersion({ version }: Of<'version'>) {
      const run = files.get(name);
      const file = run.writable();
      const target = await works.between(run.path, async () => {
        const listed = file.listed(version);
        return { file, version, ids: listed.ids, plan: await plannedOf(listed.dataset, listed.version) };
      });
      return { run, target };
    }

    const { run, target } = await ('version' in what ? ofVersion(what) : ofDataset(what));
    await run.lookAtModels();
    run.infoChanged();
    const { version } = target;
    const committed = () => run.rowsChanged(version);
    const work = works.add({
      ...{ run: run.path, kind: 'sweep', version, total: target.plan.file.items },
      ...(maps && { method: maps.method.method }),
      perform: (control) => followShards({ target, address, committed, say: log }, control),
    });
    const { dataset, version: planned } = target.plan.file;
    const worker = workerCommand({ shared: path.resolve(shared), root: dataset.root, choice: planned.choice });
    return { work, version, worker };
  };
  return { distribute };
}
