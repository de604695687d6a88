/** What is done with repairs of a run file at the wish of its page or of a command. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { VersionId } from '../../../protocol/dataset';
import type { ToDatasetPage } from '../../../protocol/dataset-page';
import { confirm } from '../../notify';
import type { Session } from '../run/session';
import { outputFault, proposedOutput } from './output';

type Output = Extract<ToDatasetPage, { type: 'output' }>;
type Removed = Extract<ToDatasetPage, { type: 'repairRemoved' }>;

export interface RepairActions {
  /**
   * The file of a new model.
   *
   * @param written what the user has written; undefined if a file is to be proposed
   * @param choose whether the user is asked for another
   */
  output(
    session: Session,
    asked: { readonly version: VersionId; readonly output?: string | undefined; readonly choose?: boolean | undefined },
  ): Promise<Output | undefined>;
  /** Asks whether it is meant; undefined if it is not. */
  remove(session: Session, repair: number): Promise<Removed | undefined>;
}

const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;

export function createRepairActions(): RepairActions {
  return {
    async output(session, { version, output, choose = false }) {
      const { versions, run } = await session.ready();
      const model = versions.find(({ id }) => id === version)?.model ?? run;
      const proposed = output || proposedOutput(model, existsSync);
      const file = choose ? await chosenFile(proposed) : proposed;
      if (file === undefined) return undefined;
      const fault = outputFault(file, { exists: existsSync, isFolder });
      return { type: 'output', version, output: file, ...(fault !== undefined && { fault }) };
    },

    async remove(session, repair) {
      const known = session.repairs.get(repair);
      if (!known) return { type: 'repairRemoved', repair };
      const name = path.basename(known.output);
      const loss =
        known.state === 'done'
          ? `What it has told is deleted. The model ${known.output} and its version stay.`
          : 'It ends, and what it has learned so far is deleted: it can not go on any more.';
      if (!(await confirm(`Remove the repair ${name}?`, loss, 'Remove'))) return undefined;
      await session.call('removeRepair', { repair });
      // What the session knows of repairs is another now.
      await session.ask({ name: 'repairs', params: {} });
      return { type: 'repairRemoved', repair };
    },
  };
}

/** @returns undefined if the user cancels */
async function chosenFile(proposed: string): Promise<string | undefined> {
  const target = await vscode.window.showSaveDialog({
    title: 'The Repaired Model',
    saveLabel: 'Write Here',
    filters: { 'ONNX model': ['onnx'] },
    defaultUri: vscode.Uri.file(path.isAbsolute(proposed) ? proposed : path.resolve(proposed)),
  });
  return target?.fsPath;
}
