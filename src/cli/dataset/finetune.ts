/** `group-cam finetune`: trains a model on images of a run file, and adds the new one to it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { few } from '../../core/few';
import type { RunInfo, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import { NUMBER_NAMES, type TrainingNumber, unusedFlags } from '../../protocol/params/training-options';
import type { RunnerService } from '../../protocol/runner';
import {
  type Arm,
  type Balance,
  type RepairChoice,
  type RepairInfo,
  type TrainingEpoch,
  type TrainingOptions,
  type TrainingPart,
  type TrainingStep,
  trainingDefaults,
} from '../../protocol/training';
import { createRunnerService } from '../../runner/service';
import { inWords } from '../evaluate/progress';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { table } from '../text';
import { finished, quiet } from './work';

export interface FinetuneOptions extends Partial<Pick<TrainingOptions, Exclude<TrainingNumber, 'rate'>>> {
  readonly model: string;
  readonly train: string;
  readonly heldOut?: string;
  readonly arm: Arm;
  readonly lr?: number;
  readonly augment?: boolean;
  readonly balance?: Balance;
  readonly paste?: boolean;
  readonly finish?: boolean;
  readonly output: string;
  readonly json?: boolean;
  readonly device: DeviceChoice;
  readonly verbose?: boolean;
}

export async function finetune(run: string, options: FinetuneOptions, terminal: Terminal): Promise<void> {
  const runner = createRunnerService({ log: (line) => options.verbose && terminal.say(`engine: ${line}`) });
  const { service } = runner;
  try {
    const info = await service.open({ run }, quiet);
    const version = versionOfModel(info, options.model);
    const unused = unusedFlags(options.arm, givenBy(options));
    if (unused.length > 0) terminal.say(`--arm ${options.arm} does not use ${unused.join(', ')}`);
    const choice = choiceOf(options, info, version);
    const printer = createPrinter(options, terminal);
    const { work, repair } = await started(service, { run, version, choice }, options, terminal);
    if (work !== undefined) await finished(service, run, { work }, terminal, printer.tell);
    const done = (await service.repairs({ run }, quiet)).find((one) => one.repair === repair)!;
    if (done.state !== 'done') throw datasetErrors.workFailed(done.reason ?? `the training is ${done.state}`);
    printer.tell(done);
    await swept(service, run, done, options, terminal);
    await summarise(service, run, done, terminal);
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    await runner.dispose();
  }
}

/** The newest version of this file. @throws bad-option */
function versionOfModel({ run, source, versions }: RunInfo, model: string): VersionInfo {
  const file = path.resolve(model);
  const found = versions.findLast((version) => path.resolve(version.model) === file);
  if (found) return found;
  const known = few(versions.map((version) => version.model));
  throw errors.badOption(
    '--model',
    model,
    `a model of ${run}, which has ${known || 'none'}; group-cam dataset ${source} --model ${model} --run ${run} adds it`,
  );
}

/** What was given beside the arm; what is left out is as the arm has it. */
function givenBy({ lr, balance, augment, ...options }: FinetuneOptions): Partial<TrainingOptions> {
  const numbers: Partial<Record<TrainingNumber, number>> = { ...options, ...(lr !== undefined && { rate: lr }) };
  const given = NUMBER_NAMES.flatMap((name) => (numbers[name] === undefined ? [] : [[name, numbers[name]]]));
  return { ...Object.fromEntries(given), ...(balance && { balance }), ...(augment !== undefined && { augment }) };
}

const optionsOf = (given: FinetuneOptions, pasted: boolean): TrainingOptions => ({
  ...trainingDefaults(given.arm, pasted),
  ...givenBy(given),
});

function choiceOf(options: FinetuneOptions, { clusters }: RunInfo, { id }: VersionInfo): RepairChoice {
  const { train, heldOut = '', output, paste } = options;
  const pasted = paste ?? clusters.some(({ version, suspicious }) => version === id && suspicious.length > 0);
  return {
    ...{ train, heldOut, pasted, watched: [], output: path.resolve(output) },
    options: optionsOf(options, pasted),
  };
}

interface Started {
  readonly work?: number;
  readonly repair: number;
}

interface Wanted {
  readonly run: string;
  readonly version: VersionInfo;
  readonly choice: RepairChoice;
}

/**
 * Begins the training, or goes on with the same one.
 *
 * @returns without work if it is done
 */
async function started(
  service: RunnerService,
  { run, version, choice }: Wanted,
  given: FinetuneOptions,
  terminal: Terminal,
): Promise<Started> {
  const { device, paste, finish } = given;
  const isSame = (other: RepairInfo) =>
    other.version === version.id &&
    (['train', 'heldOut', 'output'] as const).every((part) => other[part] === choice[part]) &&
    // Unless it is said, clusters that were found since make no other training of it.
    (paste === undefined || other.pasted === paste) &&
    JSON.stringify(other.options) === JSON.stringify(optionsOf(given, other.pasted));
  const all = await service.repairs({ run }, quiet);
  if (finish) return finishing(service, run, all, choice);
  const there = all.findLast(isSame);
  if (there?.state === 'done' && there.added !== undefined && existsSync(choice.output)) return there;
  if (there && there.state !== 'done') {
    terminal.say(`going on after ${stepsText(there)}`);
    return { ...(await service.goOn({ run, repair: there.repair, device }, quiet)), repair: there.repair };
  }
  // Such as one that diverged: the same file is asked for again, now with a smaller rate.
  const failed = all.find(({ output, state }) => output === choice.output && state === 'failed');
  if (failed) {
    terminal.say(`the training that failed after ${stepsText(failed)} is given up, since it was another one`);
    await service.removeRepair({ run, repair: failed.repair }, quiet);
  }
  const context = { signal: terminal.signal, emit() {} };
  return service.repair({ run, version: version.id, device, ...choice }, context);
}

/** Ends the training that writes to the output, whatever its options are, with what it has. @throws bad-option */
async function finishing(
  service: RunnerService,
  run: string,
  all: readonly RepairInfo[],
  { output }: RepairChoice,
): Promise<Started> {
  const there = all.findLast((other) => other.output === output);
  if (!there) throw errors.badOption('--finish', output, `the new model of a training of ${run} that was begun`);
  const { repair } = there;
  await service.finishRepair({ run, repair }, quiet);
  const now = (await service.repairs({ run }, quiet)).find((other) => other.repair === repair);
  return { repair, ...(now?.work !== undefined && { work: now.work }) };
}

function stepsText({ epochs }: RepairInfo): string {
  const last = epochs.at(-1)?.epoch;
  return last === undefined ? 'a stop before the first epoch' : `epoch ${last}`;
}

interface Printer {
  tell(info: RepairInfo): void;
}

const PARTS: Readonly<Record<TrainingPart, string>> = {
  answers: 'answers of the model as it was',
  features: 'features of images',
  step: 'images of the step',
  'held-out': 'held-out images',
  maps: 'maps of watched images',
};

/** `held-out images after epoch 2: 640 of 2000 (32 %), 41 s left` */
function progressText({ part, epoch, done, total, left }: NonNullable<RepairInfo['progress']>): string {
  const when = part === 'step' && epoch > 0 ? ` in epoch ${epoch}` : whenText(part, epoch);
  const rest = left === undefined ? '' : `, ${inWords(1000 * left)} left`;
  return `${PARTS[part]}${when}: ${done} of ${total} (${Math.floor((100 * done) / total)} %)${rest}`;
}

function whenText(part: TrainingPart, epoch: number): string {
  if (part === 'features' || part === 'answers') return '';
  return epoch === 0 ? ' before training' : ` after epoch ${epoch}`;
}

/** `epoch 2: step 35 of 120 (29 %), loss 0.5320` */
const stepText = ({ epoch, step, steps, loss }: TrainingStep): string =>
  `epoch ${epoch}: step ${step} of ${steps} (${Math.floor((100 * step) / steps)} %), loss ${loss.toFixed(4)}`;

/** Milliseconds between two lines about what goes on between the ends of epochs. */
const EVERY = 5000;

/** Prints each epoch once, and each note. */
function createPrinter({ json }: FinetuneOptions, terminal: Terminal): Printer {
  let printed = 0;
  let [toldAt, stepTold] = [performance.now(), 0];
  const said = new Set<string>();
  const note = (text: string, at = ''): void => {
    if (!said.has(text)) terminal.say(`${at}${text}`);
    said.add(text);
  };
  return {
    tell({ images, epochs, step, progress, notes }) {
      if (said.size === 0) note(`${images.train} images to train on, ${images.heldOut} held out`);
      for (const text of notes) note(text);
      if (step?.note !== undefined) note(step.note, `step ${step.step}: `);
      for (const epoch of epochs.slice(printed)) {
        if (json) terminal.put(epoch);
        else terminal.say(epochText(epoch));
        for (const text of epoch.notes) note(text, `epoch ${epoch.epoch}: `);
      }
      if (epochs.length > printed) toldAt = performance.now();
      printed = epochs.length;
      if (performance.now() - toldAt < EVERY) return;
      const isUnderWay = progress && progress.done < progress.total;
      if (!isUnderWay && (!step || step.step <= stepTold)) return;
      toldAt = performance.now();
      if (step && step.step > stepTold) terminal.say(stepText(step));
      stepTold = step?.step ?? stepTold;
      if (isUnderWay) terminal.say(progressText(progress));
    },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function epochText({ epoch, loss, train, heldOut, seconds }: TrainingEpoch): string {
  const own = `loss ${loss.toFixed(4)}, accuracy ${percent(train.accuracy)}`;
  return `epoch ${epoch}: ${own}; held out: loss ${heldOut.loss.toFixed(4)}, accuracy ${percent(heldOut.accuracy)}; ${seconds.toFixed(1)} s`;
}

/** Computes the rows of the new model, which the runner has begun with. */
async function swept(
  service: RunnerService,
  run: string,
  { added }: RepairInfo,
  { device }: FinetuneOptions,
  terminal: Terminal,
): Promise<void> {
  if (added === undefined) return;
  await finished(service, run, await service.sweep({ run, version: added, device }, quiet), terminal);
}

async function summarise(
  service: RunnerService,
  run: string,
  { version: before, added, best, output, epochs }: RepairInfo,
  terminal: Terminal,
): Promise<void> {
  const { versions } = await service.open({ run }, quiet);
  await service.close({ run }, quiet);
  const name = versions.find(({ id }) => id === added)?.name;
  if (added === undefined || name === undefined) return;
  const chosen = epochs.find(({ epoch }) => epoch === best);
  terminal.say([
    `${output}: version "${name}" of ${run}${chosen ? `, the weights after epoch ${best} (held-out accuracy ${percent(chosen.heldOut.accuracy)})` : ''}`,
  ]);
  const groups = await service.accuracyByGroup({ run, a: before, b: added }, quiet);
  const rows = groups.flatMap(({ group, count, a, b }) =>
    a === undefined || b === undefined ? [] : [[group, String(count), percent(a), percent(b)]],
  );
  if (rows.length === 0) return;
  const left = groups.some(({ trained = 0 }) => trained > 0) ? ', without the images trained on' : '';
  terminal.say([`accuracy by tag and cluster${left}`, ...table([['group', 'images', 'before', 'after'], ...rows])]);
  const hot = groups.flatMap(({ group, heat }) =>
    heat ? [[group, String(heat.count), percent(heat.a), percent(heat.b)]] : [],
  );
  if (hot.length === 0) return;
  const title = `share of the heat on the region of a suspicious cluster${left}`;
  terminal.say([title, ...table([['group', 'images', 'before', 'after'], ...hot])]);
}
