/** The process that owns run files; see `client.ts`. */
import { RUNNER, type RunnerRequests } from '../protocol/runner';
import { type Client, type ClientOptions, createClient } from './client';

export type Runner = Client<RunnerRequests>;
export type RunnerOptions = Omit<ClientOptions, 'peer'>;

export const createRunner = (options: RunnerOptions): Runner =>
  createClient<RunnerRequests>({ ...options, peer: RUNNER });
