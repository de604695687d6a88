/** The runner process, forked by src/client. */
import { RUNNER_PARAMS } from '../protocol/params/runner';
import { RUNNER, type RunnerRequests } from '../protocol/runner';
import { serveParent } from '../server/process';
import { askedKeptModels } from '../server/variables';

void serveParent<RunnerRequests>(RUNNER, async () => {
  const { createRunnerService } = await import('./service');
  const folder = process.env['GROUP_CAM_MODELS'];
  const { service } = createRunnerService({
    thumbnails: process.env['GROUP_CAM_THUMBNAILS'],
    models: folder === undefined ? undefined : { folder, limit: askedKeptModels() },
    inBackground: true,
    log: (line) => console.error(line),
  });
  return { service, params: RUNNER_PARAMS, sessionsCreated: () => 0 };
});
