/** The scripts' modules, loaded as they stand: they find their own files, so they can't be bundled into a test. */
import { pathToFileURL } from 'node:url';
import { project } from './shared';

const load = <T>(name: string): Promise<T> => import(pathToFileURL(project('scripts', name)).href);

export const serverScript = () => load<typeof import('../../scripts/host/server.mjs')>('host/server.mjs');
export const noticesScript = () => load<typeof import('../../scripts/notices.mjs')>('notices.mjs');
export const chromiumScript = () => load<typeof import('../../scripts/host/chromium.mjs')>('host/chromium.mjs');
export const resultsScript = () => load<typeof import('../../scripts/test/results.mjs')>('test/results.mjs');
export const queueScript = () => load<typeof import('../../scripts/test/queue.mjs')>('test/queue.mjs');
export const reportScript = () => load<typeof import('../../scripts/report.mjs')>('report.mjs');
export const sceneScript = () => load<typeof import('../../scripts/demo/scene.mjs')>('demo/scene.mjs');
export const randomScript = () => load<typeof import('../../scripts/demo/random.mjs')>('demo/random.mjs');
