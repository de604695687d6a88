/** The requests about trainings. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { errors, toExplainError } from '../../core/errors';
import { hasState, removeState } from '../../files/training-state';
import type { DeviceChoice } from '../../protocol/devices';
import type { RunnerService } from '../../protocol/runner';
import type { RepairInfo, RepairState, Trained } from '../../protocol/training';
import type { OpenRun } from '../run-files';
import type { StoredRepair } from '../store/repairs/form';
import { checkpointOf, type Live, train } from '../work/repair';
import { chosenImages } from '../work/training-images';
import type { Control } from '../work/works';
import { addModel } from './add-model';
import { abortSignal, ENDED, type Tools, versionOf } from './tools';

type Asked = 'repair' | 'repairs' | 'repairMaps' | 'goOn' | 'finishRepair' | 'removeRepair' | 'accuracyByGroup';

/** A training that is in work. */
interface InWork {
  readonly run: OpenRun;
  readonly repair: number;
  readonly work: number;
  live: Live | undefined;
  finishes: boolean;
  /** As the run file has it. */
  state: RepairState;
}

export interface Repairs {
  readonly requests: Pick<RunnerService, Asked>;
  /** Tells followers how the trainings of a run file are. */
  workChanged(run: string): void;
}

export function createRepairs(tools: () => Tools): Repairs {
  const inWork = new Map<string, InWork>();
  const keyOf = (run: OpenRun, repair: number) => `${repair} ${run.path}`;
  const find = (run: OpenRun, repair: number) => inWork.get(keyOf(run, repair));

  function infoOf(run: OpenRun, { device: _, others: __, ...stored }: StoredRepair): RepairInfo {
    const here = find(run, stored.repair);
    const work =
      here &&
      tools()
        .works.of(run.path)
        .find(({ id }) => id === here.work);
    const { added, ...rest } = stored;
    const isThere = run.info().versions.some(({ id }) => id === added);
    const info = { ...rest, ...(added !== undefined && isThere && { added }) };
    if (!here || !work || ENDED.has(work.state)) return info;
    const { losses, step, progress } = here.live ?? { losses: stored.losses };
    const state: RepairState = work.state === 'done' || work.state === 'failed' ? stored.state : work.state;
    return {
      ...info,
      state,
      work: work.id,
      losses,
      ...(step && { step }),
      ...(progress && { progress }),
      ...(work.reason !== undefined && { reason: work.reason }),
    };
  }

  function told(run: OpenRun, repair: number): void {
    run.repairChanged(repair, () => {
      const stored = run.file.repairs.all().find((one) => one.repair === repair);
      return stored && infoOf(run, stored);
    });
  }

  function launch(run: OpenRun, stored: StoredRepair, device: DeviceChoice, finishes: boolean): InWork {
    const { works } = tools();
    const { repair, version, images, options } = stored;
    const file = run.writable();
    file.repairs.change(repair, { state: 'waiting', device, others: false });
    const work = works.add({
      run: run.path,
      kind: 'repair',
      version,
      total: images.train * options.epochs,
      ended: () => {
        inWork.delete(keyOf(run, repair));
        // It was cancelled before its turn came.
        if (file.repairs.get(repair).state === 'waiting') file.repairs.change(repair, { state: 'interrupted' });
        told(run, repair);
      },
      perform: async (control) => {
        await control.turn();
        await perform(here, stored, device, control);
      },
    });
    const here: InWork = { run, repair, work, live: undefined, finishes, state: 'waiting' };
    inWork.set(keyOf(run, repair), here);
    told(run, repair);
    return here;
  }

  /** The file says what a killed runner was about: what was paused then stays so. */
  function keepState(here: InWork): void {
    const { run, repair } = here;
    const work = tools()
      .works.of(run.path)
      .find(({ id }) => id === here.work);
    if (!work || work.state === 'done' || work.state === 'failed' || work.state === here.state) return;
    here.state = work.state;
    run.writable().repairs.change(repair, { state: work.state });
  }

  async function perform(here: InWork, stored: StoredRepair, device: DeviceChoice, control: Control): Promise<void> {
    const { run, repair, work } = here;
    const { places, works, engine } = tools();
    const file = run.writable();
    keepState(here);
    try {
      const trained =
        alreadyWritten(file.repairs.get(repair)) ??
        (await places.withModel(run, stored.version, control.signal, (place) =>
          train(
            {
              ...place,
              ...{ file, repair: stored, device, engine },
              finishes: () => here.finishes,
              told: (live) => {
                here.live = live;
                told(run, repair);
              },
            },
            control,
          ),
        ));
      await keep(run, stored, trained, device, control.signal);
    } catch (thrown) {
      const error = toExplainError(thrown);
      const wasPaused = works.of(run.path).some(({ id, state }) => id === work && state === 'paused');
      const isStopped = control.signal.aborted && error.code === 'cancelled';
      const losses = here.live?.losses ?? stored.losses;
      if (isStopped) file.repairs.change(repair, { state: wasPaused ? 'paused' : 'interrupted', losses });
      else {
        const others = OF_OTHERS.has(error.code) && file.repairs.get(repair).epochs.length === 0;
        file.repairs.change(repair, { state: 'failed', reason: error.message, losses, others });
      }
      throw thrown;
    }
  }

  /** Makes the new model a version, and starts its sweep. Epochs that a killed runner has not kept are in the answer. */
  async function keep(
    run: OpenRun,
    { repair, version }: StoredRepair,
    { output, best, epochs, notes }: Written,
    device: DeviceChoice,
    signal: AbortSignal,
  ): Promise<void> {
    const { sweep } = tools();
    const file = run.writable();
    const before = file.repairs.get(repair);
    const known = new Set(before.epochs.map(({ epoch }) => epoch));
    for (const epoch of epochs) if (!known.has(epoch.epoch)) file.repairs.addEpoch(repair, epoch, before.losses);
    const added = await addModel(tools(), run, version, output, signal);
    const more = notes.filter((note) => !before.notes.includes(note));
    file.repairs.change(repair, {
      ...{ state: 'done', added, notes: [...before.notes, ...more] },
      ...(best !== undefined && { best }),
    });
    run.userChanged();
    sweep(run, added, device, { urgency: added, ended: () => {} });
  }

  const paramsOf = ({ run: name, repair }: { readonly run: string; readonly repair: number }) => {
    const run = tools().files.get(name);
    return { run, stored: run.file.repairs.get(repair) };
  };

  const requests: Repairs['requests'] = {
    repair: async ({ run: name, version: id, device, ...choice }, { signal }) => {
      const run = tools().files.get(name);
      const file = run.writable();
      const version = versionOf(run, id);
      const output = path.resolve(choice.output);
      checkOutput(run, output);
      const { of, notes } = await chosenImages(file, version, choice, abortSignal(signal));
      checkOutput(run, output);
      const watched = of.watched.map(({ item }) => item);
      const repair = file.repairs.add({ ...choice, watched, output, version: id, device, of, notes });
      const { work } = launch(run, file.repairs.get(repair), device, false);
      return { work, repair };
    },
    repairs: async ({ run: name }) => {
      const run = tools().files.get(name);
      return run.file.repairs.all().map((stored) => infoOf(run, stored));
    },
    repairMaps: async ({ run, repair }) => tools().files.get(run).file.repairs.maps(repair),
    goOn: async ({ device, ...params }) => {
      const { run, stored } = paramsOf(params);
      const here = find(run, stored.repair);
      if (here) {
        tools().works.resume(run.path, here.work);
        return { work: here.work };
      }
      if (stored.state === 'done') throw datasetErrors.trainingDone(stored.output);
      return { work: launch(run, stored, device, false).work };
    },
    finishRepair: async (params) => {
      const { run, stored } = paramsOf(params);
      if (stored.state === 'done') return {};
      const here = find(run, stored.repair) ?? launch(run, stored, stored.device, true);
      here.finishes = true;
      tools().works.resume(run.path, here.work);
      return {};
    },
    removeRepair: async (params) => {
      const { run, stored } = paramsOf(params);
      const file = run.writable();
      const here = find(run, stored.repair);
      if (here) await tools().works.cancel(run.path, here.work);
      // Before the record: what is left of a kill in between is a training that begins again.
      if (stored.state !== 'done' && !stored.others) await removeState(checkpointOf(stored.output));
      file.repairs.remove(stored.repair);
      run.userChanged();
      return {};
    },
    accuracyByGroup: async ({ run: name, a, b }) => {
      const run = tools().files.get(name);
      versionOf(run, a);
      versionOf(run, b);
      return run.file.repairs.accuracies(a, b);
    },
  };

  return {
    requests,
    workChanged(run) {
      for (const here of inWork.values()) {
        if (here.run.path !== run) continue;
        keepState(here);
        told(here.run, here.repair);
      }
    },
  };
}

/** Failures that say that another training writes to the same output. */
const OF_OTHERS: ReadonlySet<string> = new Set(['training-differs', 'output-taken']);

type Written = Pick<Trained, 'output' | 'epochs' | 'notes'> & { readonly best?: number };

/** Of a runner that was killed between the end of a training and noting it: nothing is left to go on with, but the model is there. */
function alreadyWritten({ output, epochs }: StoredRepair): Written | undefined {
  const isThere = epochs.length > 1 && existsSync(output) && !hasState(checkpointOf(output));
  return isThere ? { output, epochs, notes: [] } : undefined;
}

/** @throws bad-option, output-taken */
function checkOutput(run: OpenRun, output: string): void {
  if (path.extname(output).toLowerCase() !== '.onnx')
    throw errors.badOption('the new model', output, 'a file whose name ends in .onnx');
  const other = run.file.repairs.all().find((repair) => repair.output === output && repair.state !== 'done');
  if (other) throw datasetErrors.trainingThere(output, STATES[other.state]);
  if (existsSync(output)) throw datasetErrors.trainedFileExists(output);
}

const STATES: Readonly<Record<RepairState, string>> = {
  waiting: 'waits',
  running: 'runs',
  paused: 'is paused',
  interrupted: 'was interrupted',
  done: 'is done',
  failed: 'has failed',
};
