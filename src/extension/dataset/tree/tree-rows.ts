/** The rows of the view *Datasets*: run files with their versions, repairs, suspicious clusters, saved views and tags. Pure. */
import path from 'node:path';
import { quoted } from '../../../core/query/print';
import type { RunInfo, VersionId, VersionInfo } from '../../../protocol/dataset';
import type { RepairInfo } from '../../../protocol/training';
import { nameOfRun } from '../source';

export interface DatasetRow {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Name of a codicon. */
  readonly icon?: string;
  readonly run: string;
  readonly kind: 'run' | 'group' | 'entry' | 'message';
  /** What a click opens. */
  readonly opens?: { readonly query?: string; readonly version?: VersionId; readonly repair?: number };
  readonly children?: readonly DatasetRow[];
}

/** Of each version; the page has all of them. */
const MOST_CLUSTERS = 20;
const COUNT = new Intl.NumberFormat('en');

/** @param where the run file as the Explorer names it */
export function runRow(run: string, where: string): DatasetRow {
  const folder = path.dirname(where);
  return {
    id: run,
    label: nameOfRun(run),
    ...(folder !== '.' && { description: folder }),
    tooltip: run,
    icon: 'database',
    run,
    kind: 'run',
    opens: {},
  };
}

/** What is known of an open run file, and of its repairs. */
export function rowsOf(
  { run, items, versions, clusters, views, tags }: RunInfo,
  repairs: Iterable<RepairInfo> = [],
): DatasetRow[] {
  const entry = (group: string, name: string, rest: Partial<DatasetRow>): DatasetRow => ({
    id: JSON.stringify([run, group, name]),
    label: name,
    run,
    kind: 'entry',
    ...rest,
  });
  const group = (label: string, icon: string, children: readonly DatasetRow[]): DatasetRow[] =>
    children.length === 0 ? [] : [{ id: JSON.stringify([run, label]), label, icon, run, kind: 'group', children }];
  return [
    ...versions.map((version) =>
      entry('version', version.name, {
        description: progressText(version, items),
        tooltip: [version.model, version.unavailable ?? '', ...version.assumptions].filter(Boolean).join('\n'),
        icon: version.unavailable === undefined ? 'circuit-board' : 'warning',
        opens: { version: version.id },
      }),
    ),
    ...group(
      'Repairs',
      'wrench',
      [...repairs].map(({ repair, output, state }) =>
        entry('repair', String(repair), {
          label: path.basename(output),
          description: state,
          tooltip: output,
          opens: { repair },
        }),
      ),
    ),
    ...group(
      'Suspicious clusters',
      'warning',
      clusters.flatMap(({ version, suspicious }) =>
        suspicious.slice(0, MOST_CLUSTERS).map((name) => {
          const of = versions.length > 1 ? versions.find(({ id }) => id === version)?.name : undefined;
          return entry(`cluster of ${version}`, name, {
            ...(of !== undefined && { description: of }),
            tooltip: `Shows the images of the cluster ${name}, whose heat looks like that of a shortcut`,
            opens: { query: `cluster = ${quoted(name)}`, version },
          });
        }),
      ),
    ),
    ...group(
      'Views',
      'list-filter',
      views.map(({ name, query }) => entry('view', name, { description: query, tooltip: query, opens: { query } })),
    ),
    ...group(
      'Tags',
      'tag',
      tags.map(({ name, key, count }) =>
        entry('tag', name, {
          description: `${COUNT.format(count)}${key === undefined ? '' : `, key ${key}`}`,
          opens: { query: `tag = ${quoted(name)}` },
        }),
      ),
    ),
  ];
}

function progressText({ done, failed }: VersionInfo, items: number): string {
  const computed = done + failed;
  const text =
    computed >= items ? `${COUNT.format(items)} images` : `${COUNT.format(computed)} of ${COUNT.format(items)}`;
  return failed > 0 ? `${text}, ${COUNT.format(failed)} failed` : text;
}

/** In place of the rows of a run file that can't be opened. */
export function messageRow(run: string, message: string): DatasetRow {
  return {
    id: JSON.stringify([run, 'message']),
    label: message,
    tooltip: message,
    icon: 'error',
    run,
    kind: 'message',
  };
}
