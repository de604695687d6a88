/** Accuracy by tag and cluster under two versions, and the heat on suspicious regions, as a table whose lines lead to their images. */
import type { GroupAccuracy } from '../../../src/protocol/training';
import type { DatasetPage } from '../model';
import { plural, whole } from '../texts';
import type { Pair } from '../versions/pair';
import { percent, points } from '../versions/texts';

interface GroupsProps {
  readonly page: DatasetPage;
  readonly pair: Pair;
  readonly groups: readonly GroupAccuracy[];
}

export function Groups({ page: { actions }, pair, groups }: GroupsProps) {
  if (groups.length === 0) return null;
  const isHot = groups.some(({ heat }) => heat !== undefined);
  const trained = groups.some((group) => (group.trained ?? 0) > 0);
  return (
    <div class="versions-table repair-groups">
      <table data-testid="repair-groups">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Images</th>
            <th scope="col" title={`Right by ${pair.a.name}`}>
              Before
            </th>
            <th scope="col" title={`Right by ${pair.b.name}`}>
              After
            </th>
            <th scope="col" title="In percentage points">
              Change
            </th>
            {isHot && (
              <th
                scope="col"
                title="Share of the heat on the region of a suspicious cluster, of the class that each version predicts"
              >
                Heat on the Region
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ group, query, count, a, b, heat }) => {
            const change = a === undefined || b === undefined ? undefined : b - a;
            return (
              <tr key={group} data-testid={`group-${group}`}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    title={`Show the images of ${group}`}
                    onClick={() => actions.find(query)}
                  >
                    {group}
                  </button>
                </th>
                <td>{whole(count)}</td>
                <td>{a === undefined ? '' : percent(a, 1)}</td>
                <td>{b === undefined ? '' : percent(b, 1)}</td>
                <td class={change ? (change > 0 ? 'gained' : 'lost') : undefined}>
                  {change === undefined ? '' : points(change, 1)}
                </td>
                {isHot && (
                  <td data-testid={`heat-${group}`} title={heat && `Of ${plural(heat.count, 'image')}`}>
                    {heat && `${percent(heat.a, 1)} → ${percent(heat.b, 1)}`}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      {trained && <p class="faint">Images that were trained on do not count.</p>}
    </div>
  );
}
