/** The runner process, forked by src/client. */
import { RUNNER_PARAMS } from '../protocol/params/runner';
import { RUNNER, type RunnerRequests } from '../protocol/runner';
import { serveParent } from '../server/process';

void serveParent<RunnerRequests>(RUNNER, async () => {
  const { createRunnerService } = await import('./service');
  const { service } = createRunnerService({
    thumbnails: process.env['GROUP_CAM_THUMBNAILS'],
    inBackground: true,
    log: (line) => console.error(line),
  });
  return { service, params: RUNNER_PARAMS, sessionsCreated: () => 0 };
});
