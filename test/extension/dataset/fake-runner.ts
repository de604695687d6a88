/** A runner that answers as it is told, and that can be ended like a process. */
import { errors } from '../../../src/core/errors';
import type { CallRunner, RunnerName } from '../../../src/extension/dataset/run/runner-call';
import type { ListInfo, Row, RunInfo, VersionInfo } from '../../../src/protocol/dataset';
import type { RunnerRequests } from '../../../src/protocol/runner';

export const version = (id: number, rest: Partial<VersionInfo> = {}): VersionInfo => ({
  id,
  name: `net@${id}`,
  model: `/w/net-${id}.onnx`,
  labels: ['cat', 'dog'],
  activation: 'softmax',
  layer: 'relu',
  classes: [[0], [1]],
  assumptions: [],
  added: 0,
  pinned: false,
  done: 0,
  failed: 0,
  ...rest,
});

export const runInfo = (rest: Partial<RunInfo> = {}): RunInfo => ({
  run: '/w/val.groupcam',
  source: '/w/val',
  root: '/w/val',
  items: 10,
  categories: ['cat', 'dog'],
  splits: [],
  notes: [],
  versions: [version(1)],
  tags: [],
  clusters: [],
  views: [],
  ...rest,
});

export const row = (item: number, rest: Partial<Row> = {}): Row => ({
  item,
  path: `dog/${item}.png`,
  categories: [1],
  state: 'done',
  top: [
    [0, 0.75],
    [1, 0.25],
  ],
  tags: [],
  ...rest,
});

type Answers = {
  [N in RunnerName]?: (params: RunnerRequests[N]['params']) => RunnerRequests[N]['result'] | Promise<never>;
};

export interface FakeRunner {
  readonly call: CallRunner;
  /** Every request, in order, as its name and its parameters. */
  readonly asked: readonly (readonly [name: RunnerName, params: object])[];
  readonly answers: Answers;
  /** Sends an event to whoever follows. */
  tell<E extends keyof RunnerRequests['follow']['events']>(event: E, data: RunnerRequests['follow']['events'][E]): void;
  /** Sends an event to whoever watches. */
  watched<E extends keyof RunnerRequests['watch']['events']>(
    event: E,
    data: RunnerRequests['watch']['events'][E],
  ): void;
  /** Ends the process: everything that is not answered fails, and its lists are forgotten. */
  end(error?: Error): void;
  /** Names of the requests since the last call of this function. */
  names(): string[];
}

export function fakeRunner(answers: Answers = {}): FakeRunner {
  const asked: [RunnerName, object][] = [];
  interface Listening {
    readonly name: RunnerName;
    readonly on: object;
    reject(error: unknown): void;
  }
  let followers: Listening[] = [];
  let held: ((error: unknown) => void)[] = [];
  let seen = 0;
  /** Each process counts its lists from a number of its own, so that numbers of two are never the same. */
  let lists = 100;
  const own: Answers = {
    open: () => runInfo(),
    close: () => ({}),
    sweep: () => ({ work: 1 }),
    list: (): ListInfo => {
      lists += 1;
      return { list: lists, count: 3 };
    },
    pause: () => ({}),
    resume: () => ({}),
    cancel: () => ({}),
    ...answers,
  };

  const call = (name: RunnerName, params: object, options: { on?: object; signal?: AbortSignal } = {}) => {
    asked.push([name, params]);
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => {
        followers = followers.filter((one) => one.reject !== reject);
        reject(errors.cancelled());
      });
      if (name === 'follow' || name === 'watch') followers.push({ name, on: options.on ?? {}, reject });
      else held.push(reject);
      const answer = own[name] as ((params: object) => unknown) | undefined;
      if (answer)
        Promise.resolve()
          .then(() => answer(params))
          .then(resolve, reject);
    });
  };

  function say(to: RunnerName, event: string, data: unknown): void {
    for (const { name, on } of followers)
      if (name === to) (on as Record<string, ((data: unknown) => void) | undefined>)[event]?.(data);
  }

  return {
    call: call as CallRunner,
    asked,
    answers: own,
    tell: (event, data) => say('follow', event, data),
    watched: (event, data) => say('watch', event, data),
    end(error = errors.engineCrashed('SIGKILL')) {
      const all = [...held, ...followers.map(({ reject }) => reject)];
      held = [];
      followers = [];
      lists += 100;
      for (const reject of all) reject(error);
    },
    names() {
      const since = asked.slice(seen).map(([name]) => name);
      seen = asked.length;
      return since;
    },
  };
}
