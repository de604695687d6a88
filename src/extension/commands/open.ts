/** Replaces the editor that shows an image by an explanation, and an explanation by the built-in preview. */
import * as vscode from 'vscode';
import { EDITOR_TYPE } from '../explanation/editor';

const PREVIEW_TYPE = 'imagePreview.previewEditor';

export async function openExplanation(uri: vscode.Uri): Promise<void> {
  await replace(uri, EDITOR_TYPE);
}

export async function openOriginal(uri: vscode.Uri): Promise<void> {
  await replace(uri, PREVIEW_TYPE);
}

/** The file of the active tab, if it has one. */
export function activeFile(): vscode.Uri | undefined {
  return fileOf(vscode.window.tabGroups.activeTabGroup.activeTab);
}

/** Shows the image in an editor of the given type, in the tab that shows it now or in a new one. */
async function replace(uri: vscode.Uri, viewType: string): Promise<void> {
  const tab = tabOf(uri);
  const isThere = tab && typeOf(tab) === viewType;
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType, {
    viewColumn: tab?.group.viewColumn ?? vscode.ViewColumn.Active,
    preview: tab?.isPreview ?? false,
  });
  if (!tab || isThere) return;
  const stillOpen = vscode.window.tabGroups.all.some((group) => group.tabs.includes(tab));
  if (stillOpen) await vscode.window.tabGroups.close(tab, true);
}

/** A tab with the file: the active one if there are several, otherwise the first. */
function tabOf(uri: vscode.Uri): vscode.Tab | undefined {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const tabs = all.flatMap((group) => group.tabs).filter((tab) => String(fileOf(tab)) === String(uri));
  return tabs.find((tab) => tab === activeTabGroup.activeTab) ?? tabs[0];
}

function typeOf(tab: vscode.Tab): string | undefined {
  return tab.input instanceof vscode.TabInputCustom ? tab.input.viewType : undefined;
}

function fileOf(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}
