/** Determines which devices can be used, and which one `auto` means. Nothing is downloaded. */
import { existsSync } from 'node:fs';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import {
  CARDS,
  cardOf,
  DEVICES,
  type Device,
  type DeviceChoice,
  type DeviceReport,
  kindOf,
} from '../../protocol/devices';
import { nvidiaDriver } from './providers';
import { fastest, type Race, type RaceMemory, raceMemory } from './race';
import { listProviders, missingProvider, runtimeVersion } from './runtime';
import { agree, type Trial, trial } from './self-test';
import { whyNoVulkan } from './vulkan';

export interface Devices {
  /**
   * Runs `task` on the chosen device. With `auto`, a device that fails is not used again and the CPU takes over.
   *
   * @param race tells `auto` how fast the model in use is on each device; without it, a small network decides
   * @throws device-unavailable if a named device can't be used; whatever the task throws
   */
  run<T>(choice: DeviceChoice, task: (device: Device) => Promise<T>, race?: () => Promise<Race>): Promise<T>;
  report(): Promise<readonly DeviceReport[]>;
}

/** The accelerators in the order in which `auto` tries them. */
const ACCELERATORS = ['cuda', 'dml', 'coreml', 'webgpu'] as const;
type Accelerator = Exclude<Device, 'cpu'>;

/**
 * How many times as long as on the CPU the small network may take on a device that takes part in a race: a large model can
 * be faster on a card whose overhead is all that a small one shows, but a device in software is slower with everything.
 */
const HOPELESS = 4;

/** What the devices need to know about the machine. */
export interface Machine {
  /** False if the system has no graphics device; `auto` does not try any accelerator then. */
  hasGraphics(): boolean;
  /** Why a device can't be available, as far as this is known without using it. */
  whyMissing(device: Device): Promise<string | undefined>;
  trial(device: Device): Promise<Trial>;
  /** The number of NVIDIA's cards. */
  readonly cards: number;
  /** What the times of devices depend on besides the model: driver and runtime. */
  signature(): Promise<string>;
  readonly memory: RaceMemory;
}

interface Finding {
  /** Undefined if the device can't be used, for the reason in `detail`. */
  readonly trial: Trial | undefined;
  readonly detail: string;
}

export function createDevices(machine: Machine = thisMachine()): Devices {
  const findings = new Map<Accelerator, Promise<Finding>>();
  const races = new Map<string, Promise<Device>>();
  let cpu: Promise<Trial> | undefined;

  const onCpu = () => {
    cpu ??= machine.trial('cpu');
    return cpu;
  };
  const find = (device: Accelerator) => {
    const known = findings.get(device) ?? examine(device);
    findings.set(device, known);
    return known;
  };
  const fail = (device: Accelerator, thrown: unknown) =>
    findings.set(device, Promise.resolve({ trial: undefined, detail: `it failed: ${reasonOf(thrown)}` }));

  /** Tests a device. It can be used only if its results agree with those of the CPU. */
  async function examine(device: Accelerator): Promise<Finding> {
    const missing = await machine.whyMissing(device);
    if (missing) return { trial: undefined, detail: missing };
    try {
      const result = await machine.trial(device);
      const reference = await onCpu();
      if (!agree(reference.output, result.output))
        return { trial: undefined, detail: 'its results differ from those of the CPU' };
      const ratio = reference.milliseconds / result.milliseconds;
      return { trial: result, detail: `${ratio.toPrecision(2)} times as fast as the CPU on a small network` };
    } catch (thrown) {
      return { trial: undefined, detail: detailOf(thrown) };
    }
  }

  /** The accelerators that work and take at most `share` of the CPU's time with the small network, in order. */
  async function working(share: number): Promise<Accelerator[]> {
    if (!machine.hasGraphics()) return [];
    const found: Accelerator[] = [];
    for (const device of ACCELERATORS) {
      const { trial } = await find(device);
      if (trial && trial.milliseconds < share * (await onCpu()).milliseconds) found.push(device);
    }
    return found;
  }

  async function best(race: (() => Promise<Race>) | undefined): Promise<Device> {
    const [first, ...others] = await working(race ? HOPELESS : 1);
    if (!first || !race) return first ?? 'cpu';
    const rivals = [first, ...others];
    const { model, time } = await race();
    const key = JSON.stringify([model, rivals, await machine.signature()]);
    const won = races.get(key) ?? decide(key, rivals, time);
    races.set(key, won);
    return won.catch((thrown) => {
      races.delete(key);
      throw thrown;
    });
  }

  async function decide(key: string, rivals: readonly Accelerator[], time: Race['time']): Promise<Device> {
    const kept = await machine.memory.recall(key);
    if (kept) return kept;
    const device = await fastest<Device>(['cpu', ...rivals], time, (rival, thrown) => {
      if (rival === 'cpu' || !isDeviceFailure(thrown)) throw thrown;
      fail(rival, thrown);
    });
    await machine.memory.keep(key, device);
    return device;
  }

  async function choose(choice: DeviceChoice, race?: () => Promise<Race>): Promise<Device> {
    if (choice === 'cpu') return choice;
    if (choice === 'auto') return best(race);
    const finding = await find(choice);
    if (!finding.trial) throw errors.deviceUnavailable(choice, finding.detail);
    return choice;
  }

  return {
    run: async (choice, task, race) => {
      const device = await choose(choice, race);
      try {
        return await task(device);
      } catch (thrown) {
        if (choice !== 'auto' || device === 'cpu' || !isDeviceFailure(thrown)) throw thrown;
        fail(device, thrown);
        return task('cpu');
      }
    },
    report: async () => {
      const reports: DeviceReport[] = [];
      const cards = CARDS.filter((card) => cardOf(card) < machine.cards);
      // Devices are tested one after the other, since they are timed.
      for (const device of [...DEVICES, ...cards]) reports.push(await describe(device));
      return reports;
    },
  };

  async function describe(device: DeviceChoice): Promise<DeviceReport> {
    if (device === 'auto') {
      const rivals = await working(HOPELESS);
      const others = rivals.length > 0 ? `, or ${rivals.join(' or ')} where that is faster with the model` : '';
      return { device, available: true, detail: `cpu${others}` };
    }
    if (device === 'cpu') return { device, available: true, detail: 'always there' };
    const { trial, detail } = await find(device);
    return { device, available: trial !== undefined, detail };
  }
}

const FAILURES: ReadonlySet<string> = new Set(['device-unavailable', 'runtime-failed', 'not-finite', 'out-of-memory']);

function isDeviceFailure(thrown: unknown): boolean {
  return thrown instanceof ExplainError && FAILURES.has(thrown.code);
}

/** The reason of a failure, without the name of the device, which the report has already. */
function detailOf(thrown: unknown): string {
  return (thrown instanceof ExplainError && thrown.reason) || reasonOf(thrown);
}

/** What the times of this machine's devices depend on besides the model: driver and runtime. */
export async function machineSignature(): Promise<string> {
  return [nvidiaDriver()?.version ?? 'no NVIDIA driver', await runtimeVersion()].join(' ');
}

function thisMachine(): Machine {
  const driver = nvidiaDriver();
  return {
    // Trying the devices would take time and print warnings.
    hasGraphics: () =>
      process.platform !== 'linux' ||
      ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'].some((name) => process.env[name]) ||
      ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some(existsSync),
    whyMissing: async (device) => {
      const providers = await listProviders();
      if (!providers.includes(kindOf(device))) return `onnxruntime has none for ${process.platform}-${process.arch}`;
      if (cardOf(device) > 0 && cardOf(device) >= (driver?.cards ?? 0)) return 'there is no such card';
      if (device === 'webgpu' && process.platform === 'linux') return whyNoVulkan();
      return missingProvider(device);
    },
    trial,
    cards: driver?.cards ?? 0,
    signature: machineSignature,
    memory: raceMemory(process.env['GROUP_CAM_STATE']),
  };
}
