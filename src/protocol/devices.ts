/** Where a network runs. */

/** Devices by their kind; `cuda` and `tensorrt` run on the first NVIDIA card. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'] as const;
/** NVIDIA cards besides the first one, by CUDA's numbers. */
export const CARDS = ['cuda:1', 'cuda:2', 'cuda:3', 'cuda:4', 'cuda:5', 'cuda:6', 'cuda:7'] as const;
/** Everything that can be chosen. */
export const DEVICE_CHOICES = [...DEVICES, ...CARDS] as const;

export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
export type Device = Exclude<DeviceChoice, 'auto'>;
/** A device without its number. */
export type DeviceKind = Exclude<(typeof DEVICES)[number], 'auto'>;

export const kindOf = (device: Device): DeviceKind => device.split(':')[0] as DeviceKind;

/** The number of the card, from 0; only NVIDIA's have one. */
export const cardOf = (device: Device): number => Number(device.split(':')[1] ?? 0);

/** The version of NVIDIA's driver in its file below /proc, such as 580.65.06. */
export const driverIn = (text: string): string | undefined =>
  /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(text)?.[1];

export interface DeviceReport {
  readonly device: DeviceChoice;
  readonly available: boolean;
  /** A description, or why the device is not available and how to get it. */
  readonly detail: string;
}
