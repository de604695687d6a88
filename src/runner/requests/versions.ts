/** The requests about versions: what changed between them, and which there are. */
import type { RunnerService } from '../../protocol/runner';
import { notBuilt, type Tools } from './tools';

type Asked = 'compare' | 'findShift' | 'trend' | 'watch' | 'nameVersion' | 'pinVersion' | 'removeVersion';

export function versionRequests(_tools: Tools): Pick<RunnerService, Asked> {
  return {
    compare: notBuilt,
    findShift: notBuilt,
    trend: notBuilt,
    watch: notBuilt,
    nameVersion: notBuilt,
    pinVersion: notBuilt,
    removeVersion: notBuilt,
  };
}
