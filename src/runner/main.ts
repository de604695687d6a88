/** The runner process, forked by src/client. */
import { RUNNER_PARAMS } from '../protocol/params/runner';
import { RUNNER, type RunnerRequests } from '../protocol/runner';
import { serveParent } from '../server/process';

void serveParent<RunnerRequests>(RUNNER, async () => {
  const { createRunnerService } = await import('./service');
  const { GROUP_CAM_MODELS: folder, GROUP_CAM_KEPT_MODELS: gib } = process.env;
  const { service } = createRunnerService({
    thumbnails: process.env['GROUP_CAM_THUMBNAILS'],
    models: folder === undefined ? undefined : { folder, limit: (Number(gib) || 0) * 2 ** 30 },
    inBackground: true,
    log: (line) => console.error(line),
  });
  return { service, params: RUNNER_PARAMS, sessionsCreated: () => 0 };
});
