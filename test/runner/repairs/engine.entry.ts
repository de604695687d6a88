/**
 * The real engine with a training that is made up: it sleeps, counts, and writes a model that depends on its options and on
 * nothing that happens meanwhile. What it was asked lies beside its output.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errors } from '../../../src/core/errors';
import { createService } from '../../../src/engine/service';
import { ENGINE_PARAMS } from '../../../src/protocol/params/engine';
import { ENGINE, type Requests, type Service } from '../../../src/protocol/requests';
import type { TrainingEpoch } from '../../../src/protocol/training';
import { serveParent } from '../../../src/server/process';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';

const PER_EPOCH = 4;

interface State {
  step: number;
  epochs: TrainingEpoch[];
}

const train: Service['train'] = async (params, { signal, emit }) => {
  const { output, checkpoint, options, watched, finish } = params;
  const file = path.join(checkpoint, 'training.state');
  const state: State = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { step: 0, epochs: [] };
  if (!existsSync(file) && existsSync(output)) throw errors.outputIsForeign(output);
  mkdirSync(checkpoint, { recursive: true });
  const asked = `${output}.asked.json`;
  const before = existsSync(asked) ? JSON.parse(readFileSync(asked, 'utf8')) : [];
  writeFileSync(asked, JSON.stringify([...before, { ...params, step: state.step }]));
  const save = () => writeFileSync(file, JSON.stringify(state));
  emit('note', { text: 'Known before the first step.' });
  const endEpoch = async (epoch: number) => {
    for (const done of [0, 1, 2]) {
      emit('progress', { epoch, part: 'held-out', done, total: 2 });
      // Followers are told a few times a second.
      await setTimeout(epoch === 0 ? 150 : 1);
    }
    for (const { id } of watched) {
      const map = { height: 1, width: 1, lo: 0, hi: 1, values: Uint8Array.of(epoch), offset: 0, signed: false };
      emit('map', { epoch, item: id, map, top: [0, 0.5] });
    }
    const figures = { loss: 1 / (1 + state.step), accuracy: state.step / 100 };
    const told = { epoch, step: state.step, loss: figures.loss, train: { accuracy: 0.5 }, heldOut: figures };
    state.epochs.push({ ...told, seconds: 0.1, notes: [] });
    emit('epoch', state.epochs.at(-1)!);
    save();
  };
  const steps = PER_EPOCH * options.epochs;
  if (state.epochs.length === 0) await endEpoch(0);
  while (state.step < steps && !finish) {
    await setTimeout(20);
    if (signal.aborted) {
      save();
      throw errors.cancelled();
    }
    const deadly = `${output}.deadly`;
    if (existsSync(deadly) && state.step === 6) {
      rmSync(deadly);
      process.kill(process.pid, 'SIGKILL');
    }
    state.step += 1;
    const [epoch, loss] = [Math.ceil(state.step / PER_EPOCH), 1 / state.step];
    emit('step', { epoch, step: state.step, steps, loss, rate: options.rate });
    if (state.step % PER_EPOCH === 0) await endEpoch(epoch);
  }
  const metadata = { steps: String(state.step), seed: String(options.seed) };
  writeFileSync(output, tinyModel({ ...CLASSIFIER, metadata }));
  rmSync(file);
  const best = Math.floor(state.step / PER_EPOCH);
  return { output, epochs: state.epochs, best, changed: ['fc'], notes: ['Statistics stay as they are.'] };
};

void serveParent<Requests>(ENGINE, async () => ({
  service: { ...createService(), train },
  params: ENGINE_PARAMS,
  sessionsCreated: () => 0,
}));
