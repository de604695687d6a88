/** The process that computes; see `client.ts`. */
import { ENGINE, type Requests } from '../protocol/requests';
import { type Client, type ClientOptions, type ClientState, createClient } from './client';

export type Engine = Client<Requests>;
export type EngineState = ClientState;
export type EngineOptions = Omit<ClientOptions, 'peer'>;

export const createEngine = (options: EngineOptions): Engine => createClient<Requests>({ ...options, peer: ENGINE });
