/** The requests about clusters. */
import type { RunnerService } from '../../protocol/runner';
import { notBuilt, type Tools } from './tools';

export function clusterRequests(_tools: Tools): Pick<RunnerService, 'findClusters' | 'clusters' | 'scatter'> {
  return { findClusters: notBuilt, clusters: notBuilt, scatter: notBuilt };
}
