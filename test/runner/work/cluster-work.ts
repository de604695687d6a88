/** The work that finds clusters, on a run file with made up rows and an engine that answers at once. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import type { Engine } from '../../../src/client/engine';
import { type ExplainError, errors } from '../../../src/core/errors';
import { layout } from '../../../src/engine/clusters/layout';
import type { ClusteredBy } from '../../../src/protocol/clusters';
import type { Replaced, Transplants } from '../../../src/protocol/clusters/transplant';
import type { Params } from '../../../src/protocol/requests';
import type { NewRow, RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { type ClusterTask, findClusters } from '../../../src/runner/work/clusters';
import type { Progress } from '../../../src/runner/work/works';
import type { testFolder } from '../../support/folder';
import { datasetOf, rowFor, VERSION } from '../store/made';

/** Images of the run file. */
export const COUNT = 120;

/** A run file of which all images exist. */
export async function preparedRun(folder: ReturnType<typeof testFolder>, name = 'r.groupcam'): Promise<RunFile> {
  const run = await openRunFile(folder.at(name), { create: true });
  const dataset = datasetOf(COUNT);
  const items = dataset.items.map((item, i) => {
    const file = folder.at(`${i}.png`);
    folder.write(`${i}.png`, 'x');
    const { size, mtimeMs } = statSync(file);
    return { ...item, file, bytes: size, mtime: mtimeMs };
  });
  run.setDataset({ ...dataset, root: folder.at(), items });
  run.addVersion(VERSION);
  run.commitRows(
    1,
    run.waiting(1, COUNT).map(({ id, categories }) => evenly(rowFor(id, categories))),
  );
  return run;
}

/** The classes by turns. */
const evenly = (row: NewRow): NewRow =>
  'swept' in row
    ? { ...row, swept: { ...row.swept, top: row.swept.top.map(([, p], i) => [(row.item + i) % 4, p] as const) } }
    : row;

interface Given {
  readonly by?: ClusteredBy;
  readonly classes?: readonly number[];
  readonly check?: () => Promise<void>;
  /** Called before each answer about transplants. */
  readonly before?: (params: Transplants) => void;
  readonly cancelAt?: number;
}

/** Finds clusters with an engine that answers at once; `ended` is the code of its failure. */
export async function work(run: RunFile, { by = 'predicted', classes, check, before, cancelAt }: Given = {}) {
  const controller = new AbortController();
  const transplants: Transplants[] = [];
  const engine = {
    call: async (name: string, params: unknown) => {
      if (name === 'meanPicture') return { rgb: new Uint8Array(3 * 96 * 96), pictures: 1 };
      if (name === 'layout') return layout(params as Params<'layout'>, { signal: controller.signal, emit() {} });
      if (name === 'picture') return { png: Uint8Array.of(1) };
      assert.equal(name, 'transplant');
      const asked = params as Transplants;
      transplants.push(asked);
      before?.(asked);
      const replaced = asked.replacements.map(({ images, sources }, i): Replaced => {
        const after = sources && i % 2 === 0 ? images.length : 0;
        return { images: images.length, before: 0, after, p: [0.1, 0.5], margin: [-1, i] };
      });
      return { replaced, failed: [] };
    },
  } as unknown as Engine;
  const told: Progress[] = [];
  const task: ClusterTask = {
    ...{ file: run, version: run.info().versions[0]!, categories: run.info().categories },
    ...{ choice: {}, device: 'cpu', engine, by, classes },
    model: { check: check ?? (async () => {}) },
    shown: () => ({ items: [], serial: 0 }),
    committed: () => {},
    pause: async () => {
      if (controller.signal.aborted) throw errors.cancelled();
    },
    found: () => {},
  };
  const ended = await findClusters(task, {
    signal: controller.signal,
    rate: () => undefined,
    goesOn: () => true,
    turn: async () => {
      if (cancelAt !== undefined && told.at(-1)?.done === cancelAt) controller.abort();
      if (controller.signal.aborted) throw errors.cancelled();
    },
    report: (progress) => told.push(progress),
  }).then(
    () => undefined,
    (thrown: ExplainError) => thrown.code,
  );
  return { transplants, told, ended, last: told.at(-1)! };
}
