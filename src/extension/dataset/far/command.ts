/** *Run on Cluster…*: asks for the queue and the folder that the workers share, and lets them sweep the version that is shown. */
import * as vscode from 'vscode';
import { errors, toExplainError } from '../../../core/errors';
import { parseAddress } from '../../../protocol/params/queue-address';
import { oneLine } from '../../../protocol/plain-text';
import { pickOne, typeSecret } from '../../commands/quick-pick';
import { offer } from '../../notify';
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
  const worker = far.worker(session.run, version.id);
  if (worker !== undefined) void offerWorker(worker);
  return `The workers of ${parseAddress(address).shown} compute ${version.name}`;
}

/** The command has no address in it, so that the password is in no list of processes. */
async function offerWorker(command: string): Promise<void> {
  const text = `On each machine that computes, set GROUP_CAM_QUEUE to the queue's address and start a worker, with the paths that folders and files have there: ${command}`;
  if (await offer(text, 'Copy Command')) await vscode.env.clipboard.writeText(oneLine(command));
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
      prompt:
        'redis://, rediss://, valkey:// or postgres://, with user and password. It is kept in the secret storage alone.',
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
