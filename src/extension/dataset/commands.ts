/** The commands of run files, as a table that `registerCommands` registers with the others. */
import * as vscode from 'vscode';
import { datasetErrors } from '../../core/dataset-errors';
import { EXPORTS, type Selection, type VersionId, type WorkState } from '../../protocol/dataset';
import type { PageCommand } from '../../protocol/dataset-page';
import { pickOne } from '../commands/quick-pick';
import { isUri } from '../images/targets';
import { runOnCluster } from './far/command';
import type { Far } from './far/far';
import type { Inspect } from './inspect';
import type { DatasetActions } from './page/actions';
import type { DatasetEditors } from './page/editor';
import { EXPORT_FILES } from './page/exports';
import { openMapping } from './page/mapping';
import { type At, type DatasetPanel, selectionOf } from './page/panel-types';
import { openReport } from './report';
import { meantBy } from './source';
import type { Walk } from './walk/walk-editor';

export interface DatasetCommandServices {
  readonly editors: DatasetEditors;
  readonly actions: DatasetActions;
  readonly inspect: Inspect;
  readonly walk: Walk;
  readonly far: Far;
}

export type Commands = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The rows that a command computes maps of, for what the page shows. */
const MAPS: Readonly<Record<'wrong' | 'all' | 'selection', (at: At) => Selection | 'all' | 'wrong' | undefined>> = {
  wrong: () => 'wrong',
  all: () => 'all',
  selection: (at) => selectionOf(at)?.of,
};

export function datasetCommands({ editors, actions, inspect, walk, far }: DatasetCommandServices): Commands {
  const current = (act: (panel: DatasetPanel) => unknown) => () => editors.current && act(editors.current);
  const inPage = (command: PageCommand) => current((panel) => panel.command(command));

  /** Says in the page what has come of an action. */
  const told = (act: (panel: DatasetPanel) => Promise<string | undefined>) =>
    current(async (panel) => {
      const text = await act(panel);
      if (text !== undefined) panel.send({ type: 'notice', text });
    });

  const maps = (of: keyof typeof MAPS) =>
    told(async ({ session, at }) => {
      const rows = at && MAPS[of](at);
      return at?.version === undefined || !rows ? undefined : actions.compute(session, at.version, rows);
    });

  /** Asks something of all work in some states. */
  const ofWork = (name: 'pause' | 'resume' | 'cancel', states: readonly WorkState[]) =>
    current(({ session }) =>
      Promise.all(
        session.work
          .filter(({ state }) => states.includes(state))
          .map(({ id }) => session.ask({ name, params: { work: id } })),
      ),
    );

  return {
    inspectDataset: (...args) => inspectDataset({ editors, inspect }, args),
    openReport: (clicked) => (isUri(clicked) ? openReport(clicked as vscode.Uri) : undefined),
    openDataset: async (run, opens) => {
      if (typeof run !== 'string') return;
      const panel = await editors.open(run);
      const { query, version, repair } = readOpens(opens);
      if (repair !== undefined) panel?.show({ type: 'repairShown', repair });
      if (!panel || (query === undefined && version === undefined)) return;
      panel.show({ type: 'query', query: query ?? panel.at?.query ?? '', ...(version !== undefined && { version }) });
    },
    datasetHeat: inPage('heat'),
    datasetFilter: inPage('filter'),
    datasetWrong: inPage('wrong'),
    datasetLarger: inPage('larger'),
    datasetSmaller: inPage('smaller'),
    datasetUndo: inPage('undo'),
    datasetGrid: inPage('grid'),
    datasetClasses: inPage('classes'),
    datasetClusters: inPage('clusters'),
    datasetFindClusters: told(async (panel) => {
      if (panel.at?.version === undefined) return undefined;
      panel.command('clusters');
      await panel.session.findClusters(panel.at.version, 'predicted');
      return undefined;
    }),
    datasetSelectAll: inPage('selectAll'),
    datasetClear: inPage('clear'),
    datasetOpen: inPage('open'),
    datasetMapsWrong: maps('wrong'),
    datasetMapsSelection: maps('selection'),
    datasetMapsAll: maps('all'),
    datasetPause: ofWork('pause', ['running', 'waiting']),
    datasetResume: ofWork('resume', ['paused']),
    datasetCancel: ofWork('cancel', ['running', 'waiting', 'paused']),
    datasetExport: told(async ({ session, at }) => {
      const rows = selectionOf(at);
      if (!rows) return undefined;
      const kind = await pickExport();
      return kind && actions.export(session, rows.version, rows.of, kind);
    }),
    datasetCopyPaths: told(async ({ session, at }) => {
      const rows = selectionOf(at);
      return rows && actions.copyPaths(session, rows.version, rows.of);
    }),
    datasetImportTags: told(({ session }) => actions.importTags(session)),
    datasetMapClasses: told(async ({ session, at }) =>
      at?.version === undefined ? undefined : openMapping(session, at.version),
    ),
    datasetCluster: told((panel) => runOnCluster(panel, far)),
    datasetUpdate: told((panel) => actions.update(panel)),
    datasetAddModel: told((panel) => actions.update(panel)),
    datasetNext: () => walk.step(1),
    datasetPrevious: () => walk.step(-1),
  };
}

async function pickExport() {
  const items = EXPORTS.map((kind) => ({
    label: EXPORT_FILES[kind].title,
    detail: EXPORT_FILES[kind].detail,
    exports: kind,
  }));
  return (await pickOne(items, { title: 'Export' }))?.exports;
}

function readOpens(opens: unknown): { query?: string; version?: VersionId; repair?: number } {
  if (typeof opens !== 'object' || opens === null) return {};
  return {
    ...('query' in opens && typeof opens.query === 'string' && { query: opens.query }),
    ...('version' in opens && typeof opens.version === 'number' && { version: opens.version }),
    ...('repair' in opens && typeof opens.repair === 'number' && { repair: opens.repair }),
  };
}

async function inspectDataset(
  { editors, inspect }: Pick<DatasetCommandServices, 'editors' | 'inspect'>,
  [clicked, selection]: readonly unknown[],
): Promise<void> {
  const files = await filesMeant(clicked, selection);
  const remote = files.find(({ scheme }) => scheme !== 'file');
  if (remote) throw datasetErrors.runFileRemote(String(remote));
  const meant = meantBy(files.map(({ fsPath }) => fsPath));
  if (!meant) return;
  if ('run' in meant) await editors.open(meant.run);
  else await ('images' in meant ? inspect.images(meant.images) : inspect.source(meant.source));
}

/** The clicked file with the selection that it belongs to; from the palette, a folder that the user names. */
async function filesMeant(clicked: unknown, selection: unknown): Promise<readonly vscode.Uri[]> {
  if (!isUri(clicked)) {
    const title = 'Inspect Dataset';
    const options = { title, openLabel: title, canSelectFolders: true, canSelectFiles: false };
    return (await vscode.window.showOpenDialog(options)) ?? [];
  }
  const selected = Array.isArray(selection) ? selection.filter(isUri) : [];
  return (selected.length > 0 ? selected : [clicked]) as vscode.Uri[];
}
