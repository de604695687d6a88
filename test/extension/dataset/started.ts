/** Sessions of a run file with a runner that answers as it is told. */
import { createIntents, type Intents, type Memory } from '../../../src/extension/dataset/run/intents';
import { createSession, type Told } from '../../../src/extension/dataset/run/session';
import { createMapIntents, type MapIntents } from '../../../src/extension/dataset/run/wanted-maps';
import { until } from '../../support/wait';
import type { FakeRunner } from './fake-runner';

export const RUN = '/w/val.groupcam';

/** The workspace's memory with one value. */
export function memory(kept?: unknown): Memory & { kept: unknown } {
  return {
    kept,
    get<T>() {
      return this.kept as T | undefined;
    },
    update(_: string, value: unknown) {
      this.kept = value;
      return Promise.resolve();
    },
  };
}

export function start(
  runner: FakeRunner,
  intents: Intents = createIntents(memory()),
  mapIntents: MapIntents = createMapIntents(memory()),
) {
  const told: Told[] = [];
  const session = createSession({
    run: RUN,
    call: runner.call,
    intents,
    mapIntents,
    device: () => 'cpu',
    watches: () => false,
    log: () => {},
  });
  session.listen((message) => told.push(message));
  const notices = () => told.flatMap((message) => (message.type === 'notice' ? [message.text] : []));
  return { session, told, intents, mapIntents, notices };
}

export const follows = (runner: FakeRunner, times = 1) =>
  until('the file is followed', () => runner.asked.filter(([name]) => name === 'follow').length === times);
