/** What the curves of the chart are, with the areas under them: a row for each map, a column for each curve. */
import type { MeasuredMap } from '../../../src/core/metrics/measurement';
import type { ShownMeasurement } from '../../../src/protocol/webview';
import { WALKED, type Walked } from './walk';

const MAPS: Readonly<Record<MeasuredMap, string>> = { explanation: 'This map', random: 'Random', centre: 'Centre' };
export const MAP_NAMES = Object.keys(MAPS) as MeasuredMap[];

type Maps = ShownMeasurement['maps'];

export function ChartLegend({ maps }: { readonly maps: Maps }) {
  return (
    <table class="chart-legend" title="Areas under the curves">
      <thead>
        <tr>
          {['', 'Insertion', 'Deletion'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {MAP_NAMES.map((map) => (
          <tr key={map}>
            <th scope="row">{MAPS[map]}</th>
            {WALKED.map((metric) => (
              <td key={metric}>
                <span class={`swatch ${swatchOf(map, metric)}`} />
                <span data-testid={`area-${map}-${metric}`}>{areaText(maps, map, metric)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The classes of the element whose colour is the curve's. */
export const swatchOf = (map: MeasuredMap, metric: Walked): string => `swatch-${map} swatch-${metric}`;

const areaText = (maps: Maps, map: MeasuredMap, metric: Walked): string => maps[map]?.scores[metric]?.toFixed(3) ?? '–';

/** All of it in words. */
export function legendText(maps: Maps): string {
  const pieces = MAP_NAMES.map((map) => {
    return `${MAPS[map]}: ${WALKED.map((metric) => `${metric} ${areaText(maps, map, metric)}`).join(', ')}`;
  });
  return `Probability while pixels are replaced; areas under the curves. ${pieces.join('; ')}`;
}
