/**
 * A process of the window: the engine, or the runner. The extension reaches native code only here, so Workspace Trust is
 * checked here too: in Restricted Mode no process starts, neither for a model nor for an image.
 */
import * as vscode from 'vscode';
import type { Client, ClientOptions, ClientState } from '../client/client';
import { errors } from '../core/errors';
import type { Peer, RequestTable } from '../protocol/table';
import type { Log } from './log';
import { affects, readSettings, type Settings } from './settings';

export interface WindowProcess<T extends RequestTable<T>> extends vscode.Disposable {
  readonly call: Client<T>['call'];
  readonly pid: number | undefined;
  readonly state: ClientState;
  readonly onDidChangeState: vscode.Event<ClientState>;
  restart(): void;
}

/** @template T the requests that the process answers */
export function createWindowProcess<T extends RequestTable<T>>(
  name: Peer['name'],
  options: Pick<ClientOptions, 'module'> & {
    /** Variables of a process, by the settings as they are when it starts. */
    readonly environment?: (settings: Settings) => Readonly<Record<string, string>>;
    /** Whether a change of settings needs another process, beside those that every process depends on. */
    readonly affected?: (event: vscode.ConfigurationChangeEvent) => boolean;
  },
  start: (options: Omit<ClientOptions, 'peer'>) => Client<T>,
  log: Log,
): WindowProcess<T> {
  const changed = new vscode.EventEmitter<ClientState>();
  let client = create();

  function create(): Client<T> {
    const values = readSettings();
    const { nodePath, idleMinutes, engineMemory } = values;
    return start({
      module: options.module,
      environment: () => options.environment?.(readSettings()) ?? {},
      ...(nodePath && { executable: nodePath }),
      idleMinutes,
      ...(engineMemory > 0 && { memory: engineMemory * 2 ** 30 }),
      log: (line) => log.info(`${name}: ${line}`),
      onState: (state) => {
        log.debug(`${name}: ${state}`);
        changed.fire(state);
      },
    });
  }

  const settings = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!affects(event, 'engine') && !options.affected?.(event)) return;
    client.dispose();
    client = create();
  });

  return {
    call: async (request, params, callOptions) => {
      if (!vscode.workspace.isTrusted) throw errors.modelUntrusted('Restricted Mode');
      return client.call(request, params, callOptions);
    },
    get pid() {
      return client.pid;
    },
    get state() {
      return client.state;
    },
    onDidChangeState: changed.event,
    restart: () => client.restart(),
    dispose: () => {
      settings.dispose();
      client.dispose();
      changed.dispose();
    },
  };
}
