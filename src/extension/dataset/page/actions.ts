/** What is done with rows of a run file at the wish of its page or of a command. Texts are what has come of it. */
import path from 'node:path';
import * as vscode from 'vscode';
import { datasetErrors } from '../../../core/dataset-errors';
import type { ExportKind, RunInfo, Selection, VersionId } from '../../../protocol/dataset';
import { pickChoice } from '../../commands/pickers';
import type { CurrentModel } from '../../model/model';
import { readSettings } from '../../settings';
import type { Session } from '../run/session';
import { versionOf } from '../source';
import type { Place } from '../walk/walk';
import type { Walk } from '../walk/walk-editor';
import { EXPORT_FILES, exportFile } from './exports';
import type { DatasetPanel } from './panel-types';

type Of = Selection | 'all' | 'wrong';

export interface DatasetActions {
  explain(session: Session, place: Place): Promise<undefined>;
  /** Computes maps by a method as it is without options; without one, asks for it. */
  compute(session: Session, version: VersionId, of: Of, method?: 'group-cam'): Promise<undefined>;
  /** Asks for the file. */
  export(session: Session, version: VersionId, of: Selection, kind: ExportKind): Promise<string | undefined>;
  copyPaths(session: Session, version: VersionId, of: Selection): Promise<string>;
  importTags(session: Session): Promise<string | undefined>;
  /** Lists the items again, and adds the model in use as a version if it is another. */
  update(panel: DatasetPanel): Promise<string | undefined>;
}

/** The most paths that are copied, and the rows that are asked for at once. */
const MOST_PATHS = 10_000;
const ROWS = 1000;

/** How many images there are, in words. */
function sizeOf({ items, limit }: Pick<RunInfo, 'items' | 'limit'>): string {
  const images = `${items} image${items === 1 ? '' : 's'}`;
  return limit !== undefined && limit === items ? `${images}, the limit of this run file` : images;
}

export function createDatasetActions(model: CurrentModel, walk: Pick<Walk, 'open'>): DatasetActions {
  return {
    async explain(session, place) {
      await walk.open(session.run, place);
      return undefined;
    },

    async compute(session, version, of, named) {
      const method = named ? { method: named, options: {}, blur: readSettings().method.blur } : await pickChoice();
      if (method) await session.compute(version, of, method);
      return undefined;
    },

    async export(session, version, of, kind) {
      const { title, fileType, extension } = EXPORT_FILES[kind];
      const target = await vscode.window.showSaveDialog({
        title: `Export as ${title}`,
        filters: { [fileType]: [extension] },
        defaultUri: vscode.Uri.file(exportFile(session.run, kind)),
      });
      if (!target) return undefined;
      const { rows } = await session.call('export', { version, of, kind, output: target.fsPath });
      return `Saved ${rows} rows to ${path.basename(target.fsPath)}`;
    },

    async copyPaths(session, version, { list, ranges }) {
      const { root } = await session.ready();
      const all = ranges ?? [[0, session.lists.find(list)?.count ?? 0] as const];
      const paths: string[] = [];
      for (const [from, to] of all) {
        for (let at = from; at < to && paths.length < MOST_PATHS; at += ROWS) {
          const count = Math.min(ROWS, to - at, MOST_PATHS - paths.length);
          const rows = await session.call('rows', { version, list, from: at, count });
          paths.push(...rows.map((row) => path.resolve(root, row.path)));
        }
      }
      const broken = paths.find((file) => /[\n\r]/.test(file));
      if (broken !== undefined) throw datasetErrors.pathBroken(broken);
      await vscode.env.clipboard.writeText(paths.join('\n'));
      const total = all.reduce((sum, [from, to]) => sum + to - from, 0);
      const rest = total > paths.length ? ` of ${total}; export a list of paths to have all` : '';
      return `Copied ${paths.length} paths${rest}`;
    },

    async importTags(session) {
      const [file] =
        (await vscode.window.showOpenDialog({
          title: 'Import Tags',
          openLabel: 'Import Tags',
          filters: { CSV: ['csv'] },
          defaultUri: vscode.Uri.file(path.dirname(session.run)),
        })) ?? [];
      if (!file) return undefined;
      const { rows } = await session.call('importTags', { file: file.fsPath });
      return `Set tags of ${rows} images`;
    },

    async update({ session, at, show }) {
      const before = await session.ready();
      const info = await session.call('prepare', { source: before.source, models: [model.choice()] });
      const version = versionOf(info);
      if (version && version.done + version.failed < info.items) await session.sweep(version.id);
      if (!version || info.versions.length === before.versions.length) return `Up to date: ${sizeOf(info)}`;
      show({ type: 'query', query: at?.query ?? '', version: version.id });
      return `Added the version ${version.name}`;
    },
  };
}
