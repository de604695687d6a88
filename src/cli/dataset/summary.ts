/** What has become of a version's rows. */
import type { VersionId } from '../../protocol/dataset';
import type { RunnerService } from '../../protocol/runner';
import type { Terminal } from '../terminal';
import { quiet } from './work';

export async function summarise(
  service: RunnerService,
  run: string,
  version: VersionId,
  terminal: Terminal,
): Promise<void> {
  const info = await service.open({ run }, quiet);
  await service.close({ run }, quiet);
  const { name, done, failed } = info.versions.find(({ id }) => id === version)!;
  const { accuracy } = await service.classes({ run, version }, quiet);
  const parts = [
    `${done} of ${info.items} images computed`,
    ...(failed > 0 ? [`${failed} failed (query "failed" shows why)`] : []),
    ...(accuracy !== undefined ? [`accuracy ${(100 * accuracy).toFixed(2)} %`] : []),
  ];
  terminal.say(`${name}: ${parts.join(', ')}`);
}
