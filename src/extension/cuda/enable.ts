/** What *Enable CUDA* and *Remove CUDA* do, in order. Pure: what people see and what the window does is passed in. */
import { errors } from '../../core/errors';
import type { DeviceReport } from '../../protocol/devices';
import type { Download } from './download';
import { type CudaPlace, install, megabytes, remove, unpackedBytes } from './install';
import type { CudaRelease } from './release';
import { type CudaSystem, OLDEST_DRIVER } from './system';

export interface CudaWindow {
  inspectSystem(): Promise<CudaSystem>;
  confirm(question: string, detail: string, yes: string): Promise<boolean>;
  progress<T>(title: string, work: (report: (text: string) => void, signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Starts the engine anew, with the copy of onnxruntime that is there now. */
  restart(): Promise<void>;
  devices(): Promise<readonly DeviceReport[]>;
  notify(text: string): void;
  /** Says what is wrong, with a button; true if it is chosen. */
  warn(text: string, button: string): Promise<boolean>;
  readonly fetch: Download['fetch'];
}

/** @throws cuda-failed, cancelled */
export async function enableCuda(place: CudaPlace, release: CudaRelease, window: CudaWindow): Promise<void> {
  const system = await window.inspectSystem();
  if (system.driver === undefined)
    throw errors.cudaFailed(
      'no driver of NVIDIA is running on this machine',
      `Install driver ${OLDEST_DRIVER} or newer for an NVIDIA card`,
    );
  const { bytes } = release.archive;
  const question = `Download onnxruntime's libraries for CUDA (${megabytes(bytes)})?`;
  if (!(await window.confirm(question, detailOf(place, release, system), 'Download'))) return;
  await window.progress('Enable CUDA', (report, signal) => {
    let shown = '';
    return install(place, release, system.folders, {
      fetch: window.fetch,
      signal,
      report: (arrived) => {
        const text = `${Math.floor((100 * arrived) / bytes)} % of ${megabytes(bytes)}`;
        if (text !== shown) report(text);
        shown = text;
      },
    });
  });
  await window.restart();
  const cuda = (await window.devices()).find(({ device }) => device === 'cuda');
  if (cuda?.available) return window.notify(`CUDA works: ${cuda.detail}. The device auto may take it now.`);
  const reason = cuda?.detail ?? 'the engine knows no such device';
  if (await window.warn(`CUDA can't be used: ${reason}. The other devices go on as before.`, REMOVE))
    await removeCuda(place, window);
}

const REMOVE = 'Remove CUDA';

export async function removeCuda(place: CudaPlace, window: Pick<CudaWindow, 'restart' | 'notify'>): Promise<void> {
  await remove(place);
  await window.restart();
  window.notify('CUDA’s libraries were removed');
}

function detailOf({ storage }: CudaPlace, release: CudaRelease, { driver, missing, folders }: CudaSystem): string {
  const isOld = Number.parseInt(driver ?? '', 10) < OLDEST_DRIVER;
  const lines = [
    `Source: ${release.page}, version ${release.onnxruntime}`,
    `Licence: ${release.licence}`,
    `They take ${megabytes(unpackedBytes(release))} in ${storage}.`,
    `Driver: ${driver}${isOld ? `, which may be too old: CUDA 13 is made for ${OLDEST_DRIVER} or newer` : ''}`,
    missing.length > 0
      ? `CUDA 13: ${missing.join(', ')} not found. Without them it will not work; they are at https://developer.nvidia.com/cuda-downloads.`
      : `CUDA 13: found${folders.length > 0 ? ` in ${folders.join(', ')}` : ''}`,
  ];
  return lines.join('\n');
}
