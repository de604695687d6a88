/** How far a shard is, for dashboards. */
import type { Engine } from '../../client/engine';

/** The same engine, which tells how many images of the shard in work it has answered. */
export function counting(engine: Engine): { readonly engine: Engine; begin(report: (done: number) => void): void } {
  let report: (done: number) => void = () => {};
  let done = 0;
  const note =
    <A>(tell: ((answer: A) => void) | undefined) =>
    (answer: A) => {
      tell?.(answer);
      done += 1;
      report(done);
    };
  const call: Engine['call'] = (method, params, options = {}) => {
    if (method !== 'sweep') return engine.call(method, params, options);
    const on = (options.on ?? {}) as Readonly<Record<string, (answer: unknown) => void>>;
    const noted = { ...on, swept: note(on['swept']), failed: note(on['failed']) };
    return engine.call(method, params, { ...options, on: noted as typeof options.on & object });
  };
  return {
    engine: Object.assign(Object.create(engine), { call }),
    begin(to) {
      report = to;
      done = 0;
    },
  };
}
