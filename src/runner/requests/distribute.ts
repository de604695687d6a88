/** The request by which other machines sweep a dataset. */

import { productVersion } from '../../files/product';
import type { RunnerService } from '../../protocol/runner';
import { prepared } from '../prepare';
import { parseAddress } from '../queue/address';
import { followShards } from '../queue/follow';
import { mergeTarget } from '../shards/merge';
import { planOf, sharePlan } from '../shards/plan';
import { abortSignal, type Tools } from './tools';

/** @param log gets what happens to the queue, in words */
export function distributeRequest({ engine, files, works }: Tools, log: (line: string) => void) {
  const distribute: RunnerService['distribute'] = async (params, context) => {
    const signal = abortSignal(context.signal);
    // What is wrong with the address shows before anything is listed.
    const address = parseAddress(params.queue);
    const { run: name, source, model, mapping, limit, maps, size, shared } = params;
    const wanted = {
      ...{ run: name, source, models: [model] },
      ...(mapping !== undefined && { mapping }),
      ...(limit !== undefined && { limit }),
    };
    const { dataset, versions } = await prepared(wanted, engine, (images) => context.emit('listed', images), signal);
    const options = { for: maps?.for ?? 'wrong', ...(maps && { maps: maps.method }) } as const;
    const sized = { signal, ...(size !== undefined && { size }) };
    const made = await planOf(dataset, versions[0]!, options, await productVersion(), sized);
    const plan = await sharePlan(shared, made);
    const run = files.isOpen(name) ? files.get(name) : await files.open(name, true);
    const target = await works.between(run.path, async () => {
      const entered = await mergeTarget(run.writable(), plan, signal, dataset);
      run.listedAgain();
      return entered;
    });
    await run.lookAtModels();
    run.infoChanged();
    const { version } = target;
    const committed = () => run.rowsChanged(version);
    const work = works.add({
      ...{ run: run.path, kind: 'sweep', version, total: plan.file.items },
      ...(maps && { method: maps.method.method }),
      perform: (control) => followShards({ target, address, committed, say: log }, control),
    });
    return { work, version };
  };
  return { distribute };
}
