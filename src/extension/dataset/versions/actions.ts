/** What is done with versions of a run file at the wish of its page or of a command. Texts are what has come of it. */
import type { VersionId, VersionInfo } from '../../../protocol/dataset';
import { confirm } from '../../notify';
import { readSettings } from '../../settings';
import type { Session } from '../run/session';
import type { Place } from '../walk/walk';
import type { Walk } from '../walk/walk-editor';

export interface VersionActions {
  findShift(session: Session, a: VersionId, b: VersionId): Promise<undefined>;
  /** Explains a row by two versions, in the tab of walks. */
  sideBySide(session: Session, place: Place): Promise<undefined>;
  /** Asks whether it is meant. */
  remove(session: Session, version: VersionId): Promise<string | undefined>;
}

export function createVersionActions(walk: Pick<Walk, 'open'>): VersionActions {
  return {
    async findShift(session, a, b) {
      await session.call('findShift', { a, b, device: readSettings().device });
      return undefined;
    },

    async sideBySide(session, place) {
      await walk.open(session.run, place);
      return undefined;
    },

    async remove(session, id) {
      const { versions } = await session.ready();
      const version = versions.find((each) => each.id === id);
      if (!version) return undefined;
      if (!(await confirm(`Remove the version ${version.name}?`, lossOf(version), 'Remove'))) return undefined;
      await session.call('removeVersion', { version: id });
      return `Removed the version ${version.name}`;
    },
  };
}

/** What is lost with a version, in words. */
function lossOf({ done, kept, model }: VersionInfo): string {
  const copy = kept === undefined ? '' : ', and the copy of its model';
  return `The predictions and maps of ${done} images are deleted${copy}. The images and ${model} stay.`;
}
