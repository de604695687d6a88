/** Measures how long each method takes on this machine (Group-CAM, arXiv 2103.13859, table 3). */
import path from 'node:path';
import { ExplainError, errors, reasonOf } from '../core/errors';
import { METHOD_NAMES, type MethodName } from '../core/methods/names';
import { isAbsent } from '../core/system-errors';
import { readRegular } from '../files/open';
import type { DeviceChoice } from '../protocol/devices';
import type { Explanation } from '../protocol/explanation';
import type { ExplainParams, Service } from '../protocol/requests';
import { methodChoicesOf } from './method-options';
import type { Terminal } from './terminal';
import { table } from './text';

/** The options of `time` under the names that the command line gives them. */
export interface TimeOptions {
  readonly model?: string;
  readonly layer?: string;
  readonly methods: readonly MethodName[];
  readonly option?: readonly string[];
  readonly repeat: number;
  readonly seed: number;
  readonly device: DeviceChoice;
  readonly json?: boolean;
}

export interface MethodTime {
  readonly method: MethodName;
  readonly passes: number;
  /** The median time for an image that the engine has not seen, from the picture's bytes to the final map. */
  readonly milliseconds: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly device: string;
}

export async function time(file: string, options: TimeOptions, service: Service, terminal: Terminal): Promise<void> {
  const bytes = await readRegular(file).catch((thrown) => {
    throw isAbsent(thrown) ? errors.imageMissing(file) : errors.imageUnreadable(file, reasonOf(thrown));
  });
  const { methods, option: pairs, layer, seed } = options;
  const choices = methodChoicesOf(methods, { pairs, layer, seed }, terminal.say);
  const times: MethodTime[] = [];
  for (const choice of choices) {
    const params = { ...requestOf(options), ...choice };
    try {
      const found = await timeMethod(params, bytes, path.basename(file), options.repeat, service, terminal);
      times.push(found);
      if (!options.json) terminal.say(table([rowOf(found)]));
    } catch (thrown) {
      if (!(thrown instanceof ExplainError && UNSUITABLE.has(thrown.code))) throw thrown;
      terminal.say(thrown.message);
    }
  }
  if (options.json) for (const found of times) terminal.put(found);
  else terminal.say(table([['method', 'passes', 'milliseconds', 'fastest', 'slowest', 'device'], ...times.map(rowOf)]));
}

const UNSUITABLE: ReadonlySet<string> = new Set(['method-unsuitable', 'unsupported-operator']);

function requestOf({ model, layer, device }: TimeOptions) {
  return {
    view: 'cli',
    model: { ...(model !== undefined && { path: model }), ...(layer !== undefined && { layer }) },
    target: 'top',
    top: 1,
    device,
  } as const;
}

/** Times one method. The first run is not counted, since it loads the model and fills the caches. */
async function timeMethod(
  params: Omit<ExplainParams, 'image'>,
  picture: Uint8Array,
  name: string,
  repeat: number,
  service: Service,
  { signal }: Terminal,
): Promise<MethodTime> {
  const runs: Explanation[] = [];
  for (let i = 0; i <= repeat; i++) {
    const image = { bytes: unseen(picture), name };
    runs.push(await service.explain({ ...params, image }, { signal, emit() {} }));
  }
  const milliseconds = runs
    .slice(1)
    .map((run) => run.milliseconds.total)
    .sort((a, b) => a - b);
  const { device, passes } = runs[0]!;
  return {
    method: params.method,
    passes,
    milliseconds: milliseconds[Math.floor(milliseconds.length / 2)]!,
    fastest: milliseconds[0]!,
    slowest: milliseconds.at(-1)!,
    device,
  };
}

let count = 0;

/** Appends random bytes to the picture. Decoders ignore them, but for the engine it is a new image. */
function unseen(picture: Uint8Array): Uint8Array {
  count += 1;
  return Buffer.concat([picture, Buffer.from(String(count))]);
}

function rowOf({ method, passes, milliseconds, fastest, slowest, device }: MethodTime): readonly string[] {
  const rounded = [milliseconds, fastest, slowest].map((value) => value.toFixed(value < 100 ? 1 : 0));
  return [METHOD_NAMES[method].title, String(passes), ...rounded, device];
}
