/** The commands of repairs. They are carried out by the page of the run file, which has the form. */
import * as v from 'valibot';
import { fields, read } from '../../../core/schema';
import type { Commands } from '../commands';
import type { DatasetEditors } from '../page/editor';
import type { DatasetRow } from '../tree/tree-rows';

/** What a context menu in the page says of what was clicked, and what a row of the tree is. */
const CLICKED = fields({ query: v.pipe(v.string(), v.maxLength(10_000)) });

export function repairCommands(editors: Pick<DatasetEditors, 'current' | 'open'>): Commands {
  const inPage = (command: 'repairs' | 'repairStop' | 'repairGoOn') => () => editors.current?.command(command);
  return {
    datasetRepair: async (clicked) => {
      const row = clicked as DatasetRow | undefined;
      if (typeof row?.run === 'string' && row.opens) {
        const panel = await editors.open(row.run);
        const { query, version } = row.opens;
        panel?.show({
          type: 'repairOf',
          ...(query !== undefined && { query }),
          ...(version !== undefined && { version }),
        });
        return;
      }
      const found = read(CLICKED, clicked);
      editors.current?.show({ type: 'repairOf', ...('value' in found && { query: found.value.query }) });
    },
    datasetRepairs: inPage('repairs'),
    datasetRepairStop: inPage('repairStop'),
    datasetRepairGoOn: inPage('repairGoOn'),
  };
}
