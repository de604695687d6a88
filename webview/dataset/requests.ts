/** What the page of a run file asks the host for. */
import type { Asked, AskedName, AskedParams, AskedResult, FromDatasetPage } from '../../src/protocol/dataset-page';
import type { PackedRows } from '../../src/protocol/packed/pack';
import { type Asking, createAsking } from '../asking';

type PageRequests = {
  readonly [Name in AskedName]: {
    readonly params: AskedParams<Name>;
    readonly result: AskedResult<Name>;
    readonly first: Name extends 'list' ? PackedRows : never;
  };
};
export type DatasetAsking = Asking<PageRequests>;
export type Ask = DatasetAsking['ask'];

export const createDatasetAsking = (post: (message: FromDatasetPage) => void): DatasetAsking =>
  createAsking((id, name, params) =>
    // TypeScript can't relate a name to the parameters that belong to it.
    post({ type: 'ask', id, asked: { name, params } as object as Asked }),
  );
