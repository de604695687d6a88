/** What the page of an explanation asks the host for. */
import type { FromEditor, PageRequest, PageResults } from '../../src/protocol/webview';
import { type Asking, createAsking } from '../asking';

type EditorRequests = {
  readonly [Type in PageRequest['type']]: {
    readonly params: Omit<Extract<PageRequest, { type: Type }>, 'type'>;
    readonly result: PageResults[Type];
  };
};
export type EditorAsking = Asking<EditorRequests>;

export const createEditorAsking = (post: (message: Extract<FromEditor, { type: 'request' }>) => void): EditorAsking =>
  createAsking((id, type, params) =>
    // TypeScript can't relate a name to the parameters that belong to it.
    post({ type: 'request', id, request: { type, ...params } as object as PageRequest }),
  );
