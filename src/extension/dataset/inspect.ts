/** *Inspect Dataset*: makes the run file of a folder, a list or some images, or brings it up to date, and opens it. */
import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { errors, reasonOf } from '../../core/errors';
import type { CurrentModel } from '../model/model';
import { progress } from '../notify';
import type { DatasetEditors } from './page/editor';
import type { DatasetPanel } from './page/panel-types';
import { type Place, placeFor } from './place';
import type { Intents } from './run/intents';
import type { WindowRunner } from './run/runner';
import type { Sessions } from './run/sessions';
import { listOfImages, nameOfRun, versionOf } from './source';

export interface InspectServices {
  readonly runner: Pick<WindowRunner, 'call'>;
  readonly sessions: Sessions;
  readonly editors: Pick<DatasetEditors, 'open'>;
  readonly model: CurrentModel;
  readonly intents: Intents;
  /** The extension's own folder for run files and lists that can't lie elsewhere. */
  readonly storage: string;
  readonly isTrusted: () => boolean;
}

export interface Inspect {
  source(source: string): Promise<DatasetPanel | undefined>;
  images(images: readonly string[]): Promise<DatasetPanel | undefined>;
}

export function createInspect(services: InspectServices): Inspect {
  const { runner, sessions, editors, model, intents, storage, isTrusted } = services;

  /** Makes or updates the run file, starts the sweep of the model in use, and opens the file. */
  async function inspect(source: string, place: Place): Promise<DatasetPanel | undefined> {
    const { run } = place;
    const info = await progress(`Listing the images of ${nameOfRun(run)}`, (report, signal) =>
      runner.call(
        'prepare',
        { run, source, models: [model.choice()] },
        { signal, on: { listed: (count) => report(`${count.toLocaleString('en')} so far`) } },
      ),
    );
    const version = versionOf(info);
    if (version && version.done + version.failed < info.items) intents.set(run, version.id, true);
    const isOpen = sessions.find(run) !== undefined;
    const panel = await editors.open(run, place.note);
    // A file that is opened now starts what is intended by itself.
    if (isOpen && version && intents.of(run).includes(version.id)) await panel?.session.sweep(version.id);
    if (version && info.versions.length > 1) {
      panel?.show({ type: 'query', query: panel.at?.query ?? '', version: version.id });
    }
    return panel;
  }

  async function sourceOf(source: string): Promise<DatasetPanel | undefined> {
    if (!isTrusted()) throw errors.modelUntrusted('Restricted Mode');
    const isFolder = await stat(source).then(
      (found) => found.isDirectory(),
      (thrown) => {
        throw datasetErrors.datasetInvalid(source, reasonOf(thrown));
      },
    );
    const isOther = (run: string) => belongsToOther(run, source);
    return inspect(source, await placeFor(source, isFolder, { storage, belongsToOther: isOther }));
  }

  /** True if the run file is that of another source, which still exists. */
  async function belongsToOther(run: string, source: string): Promise<boolean> {
    const known = sessions.find(run)?.info;
    const info = known ?? (await runner.call('open', { run }));
    if (!known) await runner.call('close', { run });
    return path.resolve(info.source) !== path.resolve(source) && existsSync(info.source);
  }

  return {
    source: sourceOf,
    async images(images) {
      const { name, text } = listOfImages(images);
      const list = path.join(storage, name);
      try {
        await mkdir(storage, { recursive: true });
        await writeFile(list, text);
      } catch (thrown) {
        throw errors.outputUnwritable(list, reasonOf(thrown));
      }
      return sourceOf(list);
    },
  };
}
