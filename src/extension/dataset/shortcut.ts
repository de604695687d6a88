/**
 * *Find a Shortcut*: a set whose model has learned a tag is inspected, and its clusters are shown. *Repair the Shortcut* goes
 * on from there to the form of a repair.
 */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../core/errors';
import { quoted } from '../../core/query/print';
import type { VersionId } from '../../protocol/dataset';
import type { Inspect } from './inspect';
import type { DatasetPanel } from './page/panel-types';

export interface ShortcutServices {
  /** The folder that ships: pictures, their annotations and the model. */
  readonly shipped: string;
  /** Where its copy goes, since a run file lies beside its dataset. */
  readonly copy: string;
  readonly inspect: Inspect;
}

interface Opened {
  readonly panel: DatasetPanel;
  /** That of the set's model, all of which is computed. */
  readonly version: VersionId;
}

const ANNOTATIONS = 'shop.json';
const MODEL = 'shop.onnx';

/** @returns undefined if the page is closed before all is computed */
export async function findShortcut({ shipped, copy, inspect }: ShortcutServices): Promise<Opened | undefined> {
  try {
    // With their times, so that the same files are not computed again.
    await cp(shipped, copy, { recursive: true, preserveTimestamps: true });
  } catch (thrown) {
    throw errors.outputUnwritable(copy, reasonOf(thrown));
  }
  const model = path.join(copy, MODEL);
  const panel = await inspect.source(path.join(copy, ANNOTATIONS), { path: model });
  if (!panel) return undefined;
  panel.command('clusters');
  const { session } = panel;
  const { items, versions } = await session.ready();
  if (!versions.some((one) => one.model === model && one.done + one.failed >= items)) {
    panel.send({ type: 'notice', text: 'All images are computed first. Then their clusters are found.' });
  }
  const version = await known(panel, () => {
    const found = session.info?.versions.findLast((one) => one.model === model);
    return found && found.done + found.failed >= session.info!.items ? found.id : undefined;
  });
  if (version === undefined) return undefined;
  if (!session.info?.clusters.some((found) => found.version === version)) {
    await session.findClusters(version, 'predicted');
  }
  return { panel, version };
}

/** Opens the form of a repair for the most suspicious cluster, as soon as all are judged. */
export async function repairShortcut(services: ShortcutServices): Promise<void> {
  const opened = await findShortcut(services);
  if (!opened) return;
  const { panel, version } = opened;
  const { session } = panel;
  const name = await known(panel, () => {
    const isFinding = session.work.some(
      ({ kind, state, version: of }) => kind === 'clusters' && of === version && state !== 'done' && state !== 'failed',
    );
    return isFinding ? undefined : session.info?.clusters.find((found) => found.version === version)?.suspicious[0];
  });
  if (name !== undefined) panel.show({ type: 'repairOf', query: `cluster = ${quoted(name)}`, version });
}

/** Something that the session will know; undefined if the page is closed before. */
async function known<T>({ session, webviewPanel }: DatasetPanel, find: () => T | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    const end = (found: T | undefined): void => {
      stop();
      closed.dispose();
      resolve(found);
    };
    const look = (): void => {
      const found = find();
      if (found !== undefined) end(found);
    };
    const stop = session.listen(look);
    const closed = webviewPanel.onDidDispose(() => end(undefined));
    look();
  });
}
