/** The commands of versions. Each asks which version is meant. */
import type { VersionId, VersionInfo } from '../../../protocol/dataset';
import { pickOne, typeText } from '../../commands/quick-pick';
import type { Commands } from '../commands';
import type { DatasetEditors } from '../page/editor';
import type { DatasetPanel } from '../page/panel-types';
import type { VersionActions } from './actions';

type Act = (panel: DatasetPanel, version: VersionInfo) => Promise<string | undefined>;

export function versionCommands(editors: Pick<DatasetEditors, 'current'>, actions: VersionActions): Commands {
  const current = (act: (panel: DatasetPanel) => Promise<unknown>) => () => editors.current && act(editors.current);

  /** Asks for a version, and says in the page what has come of the action. */
  const ofVersion = (title: string, act: Act) =>
    current(async (panel) => {
      const { versions } = await panel.session.ready();
      const version = await pickVersion(title, versions, panel.at?.version);
      const text = version && (await act(panel, version));
      if (text !== undefined) panel.send({ type: 'notice', text });
    });

  return {
    datasetVersions: current(async (panel) => panel.command('versions')),
    datasetSideBySide: current(async (panel) => panel.command('sideBySide')),
    datasetCompare: current(async (panel) => {
      const { versions } = await panel.session.ready();
      const to = versions.find(({ id }) => id === panel.at?.version) ?? versions.at(-1);
      if (!to) return;
      const others = versions.filter(({ id }) => id !== to.id);
      const from = await pickVersion(`Compare ${to.name} with`, others, undefined);
      if (from) panel.show({ type: 'compare', a: from.id, b: to.id });
    }),
    datasetRenameVersion: ofVersion('Rename Version', async ({ session }, { id, name }) => {
      const next = await typeText('Rename Version', {
        prompt: 'Queries and the command line call the version by this name.',
        value: name,
        ifEmpty: 'A version needs a name.',
      });
      if (next === undefined) return undefined;
      await session.call('nameVersion', { version: id, name: next });
      return `${name} is now ${next}`;
    }),
    datasetPinVersion: ofVersion('Pin or Unpin Version', async ({ session }, { id, name, pinned }) => {
      await session.call('pinVersion', { version: id, pinned: !pinned });
      return pinned ? `Unpinned ${name}: its copy may give way to newer ones` : `Pinned ${name}: its copy is kept`;
    }),
    datasetRemoveVersion: ofVersion('Remove Version', ({ session }, { id }) => actions.remove(session, id)),
  };
}

/** @param shown the version that the page shows, which comes first */
async function pickVersion(
  title: string,
  versions: readonly VersionInfo[],
  shown: VersionId | undefined,
): Promise<VersionInfo | undefined> {
  const first = versions.filter(({ id }) => id === shown);
  const items = [...first, ...versions.filter(({ id }) => id !== shown).toReversed()].map((version) => ({
    label: version.name,
    description: [version.id === shown && 'shown', version.pinned && 'pinned'].filter(Boolean).join(', '),
    detail: version.unavailable ?? version.model,
    version,
  }));
  return (await pickOne(items, { title }))?.version;
}
