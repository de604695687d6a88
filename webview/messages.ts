/** The typed connection to the extension host, and the state that a webview saves while it is hidden. */
import type { GenericSchema } from 'valibot';
import { read } from '../src/core/schema';

/** One handler for every message; a message without one does not compile. */
export type Handlers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { type: Type }>) => void;
};

export interface Host<From, Saved> {
  post(message: From): void;
  /** The saved state from when the webview was last shown. */
  readonly saved: Saved | undefined;
  save(state: Saved): void;
}

/**
 * Call this once per page, since VS Code returns its API only once.
 *
 * @param schema schema of the saved state; a state that does not match, from another version, is ignored
 */
export function connect<From, Saved>(schema: GenericSchema<unknown, Saved>): Host<From, Saved> {
  const api = acquireVsCodeApi();
  const kept = read(schema, api.getState());
  return {
    post: (message) => api.postMessage(message),
    saved: 'value' in kept ? kept.value : undefined,
    save: (state) => api.setState(state),
  };
}

export function listen<To extends { readonly type: string }>(handlers: Handlers<To>): void {
  window.addEventListener('message', ({ data }: MessageEvent<To>) => {
    // TypeScript can't relate a key of the table to the message that the key was read from.
    const handle = handlers[data.type as To['type']] as ((message: To) => void) | undefined;
    handle?.(data);
  });
}
