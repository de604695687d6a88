/** *Find a Shortcut*: a set whose model has learned a tag is inspected, and its clusters are shown. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../core/errors';
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

const ANNOTATIONS = 'shop.json';
const MODEL = 'shop.onnx';

export async function findShortcut({ shipped, copy, inspect }: ShortcutServices): Promise<void> {
  try {
    // With their times, so that the same files are not computed again.
    await cp(shipped, copy, { recursive: true, preserveTimestamps: true });
  } catch (thrown) {
    throw errors.outputUnwritable(copy, reasonOf(thrown));
  }
  const model = path.join(copy, MODEL);
  const panel = await inspect.source(path.join(copy, ANNOTATIONS), { path: model });
  if (!panel) return;
  panel.command('clusters');
  const version = await sweptVersion(panel, model);
  const { session } = panel;
  if (version === undefined || session.info?.clusters.some((found) => found.version === version)) return;
  await session.findClusters(version, 'predicted');
}

/** The version of a model as soon as all of it is computed; undefined if the page is closed before. */
async function sweptVersion({ session, webviewPanel }: DatasetPanel, model: string): Promise<VersionId | undefined> {
  await session.ready();
  return new Promise((resolve) => {
    const end = (version: VersionId | undefined): void => {
      stop();
      closed.dispose();
      resolve(version);
    };
    const look = (): void => {
      const version = session.info?.versions.findLast((one) => one.model === model);
      if (version && version.done + version.failed >= session.info!.items) end(version.id);
    };
    const stop = session.listen(look);
    const closed = webviewPanel.onDidDispose(() => end(undefined));
    look();
  });
}
