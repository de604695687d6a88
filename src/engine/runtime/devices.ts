/** Determines which devices can be used, and which one `auto` means. Nothing is downloaded. */
import { existsSync } from 'node:fs';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import { DEVICES, type Device, type DeviceChoice } from '../../protocol/devices';
import type { DeviceReport } from '../../protocol/requests';
import { listProviders, missingCuda } from './runtime';
import { agree, type Trial, trial } from './self-test';

export interface Devices {
  /**
   * Runs `task` on the chosen device. With `auto`, a device that fails is not used again and the CPU takes over.
   *
   * @throws device-unavailable if a named device can't be used; whatever the task throws
   */
  run<T>(choice: DeviceChoice, task: (device: Device) => Promise<T>): Promise<T>;
  report(): Promise<readonly DeviceReport[]>;
}

/** The accelerators in the order in which `auto` tries them. */
const ACCELERATORS = ['cuda', 'dml', 'coreml', 'webgpu'] as const;
type Accelerator = (typeof ACCELERATORS)[number];

/** What the devices need to know about the machine. */
export interface Machine {
  /** False if the system has no graphics device; `auto` does not try any accelerator then. */
  hasGraphics(): boolean;
  /** Why a device can't be available, as far as this is known without using it. */
  whyMissing(device: Device): Promise<string | undefined>;
  trial(device: Device): Promise<Trial>;
}

interface Finding {
  /** Undefined if the device can't be used, for the reason in `detail`. */
  readonly trial: Trial | undefined;
  readonly detail: string;
}

export function createDevices(machine: Machine = thisMachine): Devices {
  const findings = new Map<Accelerator, Promise<Finding>>();
  let cpu: Promise<Trial> | undefined;
  let automatic: Promise<Device> | undefined;

  const onCpu = () => {
    cpu ??= machine.trial('cpu');
    return cpu;
  };
  const find = (device: Accelerator) => {
    const known = findings.get(device) ?? examine(device);
    findings.set(device, known);
    return known;
  };
  const isFaster = async ({ trial }: Finding) => !!trial && trial.milliseconds < (await onCpu()).milliseconds;

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

  async function best(): Promise<Device> {
    if (!machine.hasGraphics()) return 'cpu';
    for (const device of ACCELERATORS) if (await isFaster(await find(device))) return device;
    return 'cpu';
  }

  async function choose(choice: DeviceChoice): Promise<Device> {
    if (choice === 'cpu') return choice;
    if (choice === 'auto') {
      automatic ??= best();
      return automatic;
    }
    const finding = await find(choice);
    if (!finding.trial) throw errors.deviceUnavailable(choice, finding.detail);
    return choice;
  }

  return {
    run: async (choice, task) => {
      const device = await choose(choice);
      try {
        return await task(device);
      } catch (thrown) {
        if (choice !== 'auto' || device === 'cpu' || !isDeviceFailure(thrown)) throw thrown;
        findings.set(device, Promise.resolve({ trial: undefined, detail: `it failed: ${reasonOf(thrown)}` }));
        automatic = Promise.resolve('cpu');
        return task('cpu');
      }
    },
    report: async () => {
      const reports: DeviceReport[] = [];
      // Devices are tested one after the other, since they are timed.
      for (const device of DEVICES) reports.push(await describe(device));
      return reports;
    },
  };

  async function describe(device: DeviceChoice): Promise<DeviceReport> {
    if (device === 'auto') return { device, available: true, detail: `now ${await choose('auto')}` };
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

const thisMachine: Machine = {
  // Trying the devices would take time and print warnings.
  hasGraphics: () =>
    process.platform !== 'linux' ||
    ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'].some((name) => process.env[name]) ||
    ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some(existsSync),
  whyMissing: async (device) => {
    const providers = await listProviders();
    if (!providers.includes(device)) return `onnxruntime has none for ${process.platform}-${process.arch}`;
    return device === 'cuda' ? missingCuda() : undefined;
  },
  trial,
};
