/** Shifts of the heat that a query needs and that are not computed. */
import { datasetErrors } from '../../../core/dataset-errors';
import type { Query } from '../../../core/query/query';
import { shiftsIn } from '../../../core/query/versions';
import type { ShiftsLacking } from '../../../protocol/dataset';
import { shiftCommand } from '../../plan/commands';
import { DONE, pairKey, type State, type Version } from '../state';
import { sharedRows, versionNamed } from './pairs';

/**
 * The shifts that some rows lack, such as those of rows that were computed since. A shift that can't be, since a map is
 * blank, is not lacking.
 *
 * @throws query-invalid if none is computed
 */
export function shiftsLacking(state: State, to: Version, query: Query): readonly ShiftsLacking[] {
  return [...shiftsIn(query)].flatMap((name) => {
    const from = versionNamed(state, name);
    if (from === to) throw datasetErrors.shiftOfItself(name);
    const known = state.pairs.get(pairKey(from.id, to.id))?.columns.of.state;
    let [rows, lacking] = [0, 0];
    for (const { item } of sharedRows(state, from, to)) {
      rows++;
      if (known?.[item] !== DONE) lacking++;
    }
    if (rows === 0) throw datasetErrors.shiftImpossible(name, to.info.name);
    if (lacking === rows)
      throw datasetErrors.shiftUnknown(name, to.info.name, shiftCommand(state.db.file, name, to.info.name));
    return lacking > 0 ? [{ from: name, rows: lacking }] : [];
  });
}
