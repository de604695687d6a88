/** An engine process whose service does what a test asks of it: `saveSidecar` takes the wish as its model's path. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../../src/core/errors';
import type { Frame } from '../../src/core/saliency';
import { ENGINE_PARAMS } from '../../src/protocol/params/engine';
import {
  ENGINE,
  type ExplainParams,
  type RequestContext,
  type Requests,
  type Service,
} from '../../src/protocol/requests';
import { serveParent } from '../../src/server/process';

let sessions = 0;
const taken: Buffer[] = [];

/** Holds the event loop, as a run of the runtime does. */
function block(milliseconds: number): string {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
  return 'done';
}

/** What `ask` of support.ts can wish for; the answer comes back as a path. */
const wishes: Readonly<Record<string, () => string | Promise<string>>> = {
  pid: () => String(process.pid),
  marker: () => process.env['STUB_MARKER'] ?? 'none',
  arguments: () => JSON.stringify(process.execArgv),
  fail: () => {
    throw errors.unknownClass('zebu', 'Near: zebra.');
  },
  'wrong code': () => {
    throw new TypeError('x is not a function');
  },
  crash: () => {
    setImmediate(() => {
      throw new RangeError('out of paper');
    });
    return sleep(60_000, '');
  },
  exit: () => process.exit(7),
  hang: () => block(60_000),
  'be slow': () => block(1000),
  // Touched page by page, since memory that nobody has written to is not resident.
  'take a gigabyte': () => {
    for (let i = 0; i < 16; i++) {
      taken.push(Buffer.alloc(2 ** 26, 1));
      block(50);
    }
    return block(60_000);
  },
  never: () => sleep(60_000, ''),
  'load a model': () => {
    sessions += 2;
    return String(process.pid);
  },
};

/** A map of side `params.top` for each of the chunks that the option `groups` counts; all values of frame i are i. */
async function explain(params: ExplainParams, { emit, signal }: RequestContext<'explain'>) {
  const side = params.top;
  const chunks = Number(params.options['groups']);
  const frameOf = (done: number): Frame => ({
    done,
    total: chunks,
    height: side,
    width: side,
    map: new Float32Array(side * side).fill(done),
    offset: 0.5,
    signed: false,
    inputSize: { width: 8, height: 8 },
    imageTransform: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 8, height: 8 } },
  });
  for (let done = 1; done <= chunks; done++) {
    await sleep(params.blur.sigma);
    if (signal.aborted) {
      console.log(`stopped after ${done - 1} chunks`);
      throw errors.cancelled();
    }
    emit('frame', frameOf(done));
  }
  return {
    image: params.view,
    model: 'stub',
    method: params.method,
    options: params.options,
    blur: params.blur,
    layer: 'features',
    class: 0,
    label: 'stub',
    probability: 1,
    activation: 'softmax' as const,
    top: [],
    probabilities: Float32Array.of(1),
    frame: frameOf(chunks),
    saliency: { min: 0, max: 1, zero: false },
    scores: new Float32Array(chunks),
    milliseconds: { load: 0, decode: 0, first: 0, total: 0 },
    device: 'cpu' as const,
    passes: chunks,
  };
}

const absent = () => Promise.reject(errors.internal('not in the stub'));

const service: Service = {
  explain,
  attend: absent,
  layout: absent,
  saveSidecar: async ({ model }) => ({ path: await wishes[model.path!]!() }),
  // A symbol can't cross the process boundary.
  devices: async () => [{ device: 'cpu', available: true, detail: Symbol('detail') as unknown as string }],
  render: async ({ style }) => ({ bytes: new Uint8Array(style.opacity * 40e6).fill(7) }),
  inspect: absent,
  gradient: absent,
  sanity: absent,
  picture: absent,
  measure: absent,
  sweep: absent,
  train: absent,
  meanPicture: absent,
  transplant: absent,
  sheet: absent,
  export: absent,
};

void serveParent<Requests>(ENGINE, async () => ({ service, params: ENGINE_PARAMS, sessionsCreated: () => sessions }));
