/** How far a shard is, for dashboards. */
import type { Engine } from '../../client/engine';

/** What of a shard is done. Better maps follow once all its images are swept, and take most of the time. */
export interface Progress {
  readonly images: number;
  readonly maps: number;
}

/** The same engine, which tells how much of the shard in work it has answered. */
export function counting(engine: Engine): { readonly engine: Engine; begin(report: (done: Progress) => void): void } {
  let report: (done: Progress) => void = () => {};
  let done: Progress = { images: 0, maps: 0 };
  const count = (what: keyof Progress): void => {
    done = { ...done, [what]: done[what] + 1 };
    report(done);
  };
  const note =
    <A>(tell: ((answer: A) => void) | undefined) =>
    (answer: A) => {
      tell?.(answer);
      count('images');
    };
  const call: Engine['call'] = async (method, params, options = {}) => {
    if (method === 'explain') {
      const map = await engine.call(method, params, options);
      count('maps');
      return map;
    }
    if (method !== 'sweep') return engine.call(method, params, options);
    const on = (options.on ?? {}) as Readonly<Record<string, (answer: unknown) => void>>;
    const noted = { ...on, swept: note(on['swept']), failed: note(on['failed']) };
    return engine.call(method, params, { ...options, on: noted as typeof options.on & object });
  };
  return {
    engine: Object.assign(Object.create(engine), { call }),
    begin(to) {
      report = to;
      done = { images: 0, maps: 0 };
    },
  };
}
