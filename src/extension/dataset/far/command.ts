/** *Run on Cluster…*: asks for the queue and the folder that the workers share, and lets them sweep the version that is shown. */
import * as vscode from 'vscode';
import { errors, toExplainError } from '../../../core/errors';
import { parseAddress } from '../../../protocol/params/queue-address';
import { pickOne, typeSecret } from '../../commands/quick-pick';
import type { DatasetPanel } from '../page/panel-types';
import type { Far } from './far';

const TITLE = 'Run on Cluster';

/** @returns what has come of it; undefined if the user has cancelled */
export async function runOnCluster({ session, at }: DatasetPanel, far: Far): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) throw errors.modelUntrusted('Restricted Mode');
  const { versions } = await session.ready();
  const version = versions.find(({ id }) => id === at?.version) ?? versions.at(-1);
  if (!version) return undefined;
  const address = await askAddress(await far.last());
  if (address === undefined) return undefined;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `${TITLE}: the folder that all workers share`,
      openLabel: 'Share Here',
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (!folder) return undefined;
  await far.set(session.run, version.id, folder.fsPath, address);
  await session.sweep(version.id);
  return `The workers of ${parseAddress(address).shown} compute ${version.name}. Start them by group-cam worker --shared ${folder.fsPath}`;
}

async function askAddress(last: string | undefined): Promise<string | undefined> {
  if (last !== undefined && flawOf(last) === undefined) {
    const items = [
      { label: parseAddress(last).shown, description: 'the queue that was used last', address: last },
      { label: 'Another Queue…', description: '', address: undefined },
    ];
    const picked = await pickOne(items, { title: TITLE });
    if (!picked || picked.address !== undefined) return picked?.address;
  }
  // It holds a password.
  return typeSecret(
    `${TITLE}: the address of the queue`,
    {
      prompt: 'redis://, rediss:// or postgres://, with user and password. It is kept in the secret storage alone.',
      placeHolder: 'rediss://user:password@host:6379',
    },
    flawOf,
  );
}

/** What is wrong with an address, in words that do not repeat it. */
function flawOf(text: string): string | undefined {
  try {
    parseAddress(text);
    return undefined;
  } catch (thrown) {
    return toExplainError(thrown).message;
  }
}
