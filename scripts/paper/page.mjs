// The page docs/paper.md from what the experiments found.
import { claims } from './claims.mjs';

/**
 * @typedef {{ n: number, mean: number, interval?: { low: number, high: number } }} Summary
 * @typedef {{ category: string, hits: number, total: number, accuracy: number }} Category
 * @typedef {object} MapSummary
 * @property {string} map
 * @property {string} title
 * @property {boolean} baseline
 * @property {number} images
 * @property {number} blank
 * @property {Record<string, Summary>} scores
 * @property {{ categories: Category[], mean: number }} [categories]
 *
 * @typedef {object} Comparison
 * @property {string} score
 * @property {string} a
 * @property {string} b
 * @property {Summary} difference
 * @property {number} larger
 * @property {number} smaller
 * @property {number} corrected
 *
 * @typedef {object} Report
 * @property {number} items
 * @property {number} images
 * @property {string} layer
 * @property {Record<string, { title: string, better: string }>} scores
 * @property {MapSummary[]} maps
 * @property {Comparison[]} comparisons
 *
 * @typedef {{ option: string, points: { value: string, images: number, blank: number, scores: Record<string, Summary> }[] }} Sweep
 * @typedef {{ scores: Report['scores'], sweeps: Sweep[] }} Ablation
 * @typedef {{ method: string, passes: number, milliseconds: number, fastest: number, slowest: number }} Time
 * @typedef {{ layers: number, class: { label: string }, methods: { verdict: string }[] }} Sanity
 *
 * @typedef {object} Found
 * @property {string} title
 * @property {string} figure
 * @property {Report | undefined} table1
 * @property {Report | undefined} all
 * @property {Ablation | undefined} ablation
 * @property {Time[] | undefined} times
 * @property {Report | undefined} table4
 * @property {Sanity | undefined} sanity
 */

const INTRODUCTION = `# The paper's experiments, repeated

This page is written by \`npm run paper\`, which runs \`group-cam evaluate\`, \`ablate\`, \`time\` and \`sanity\`. You can run the
same commands on your own model and images. The tables are those of [the Group-CAM paper](https://arxiv.org/abs/2103.13859),
section 4. The paper measures VGG-19 and ResNet-50 on the validation images of ImageNet and COCO, on a GPU. This page measures
two small networks on few images, on a CPU. Compare the order of the methods with the paper's, not the numbers.

- **Images**: 121 images of ImageNet (one of each of 120 classes, and the authors' example), each explained for its most
  probable class; and the first 128 of COCO's training images, with their boxes.
- **Settings**: those of the paper: G = 32, theta = 70, a blur of 51 pixels with sigma 50, and the last layer with a map. Where
  Group-CAM finds no positive evidence, the map is left blank (\`evidence=positive\`). Insertion starts from the blurred image
  and deletion ends in it, with 4 % of the pixels in each step. RISE has 1,000 masks.
- **Intervals** are 95 % intervals, by the bootstrap over images. **p** is that of Wilcoxon's signed-rank test on the same
  images, two-sided, corrected by Holm's method for all pairs of methods in a table. A difference is called significant if p is
  below 0.05.
- The random map and the blob in the centre are baselines that do not depend on the network.
`;

/** @param {readonly (readonly (string | number)[])[]} rows the first is the head */
export function table(rows) {
  const [head = [], ...body] = rows;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {number} value */
const number = (value, digits = 3) => value.toFixed(digits).replace('-', '\u2212');

/** @param {Summary | undefined} summary */
const withInterval = (summary) => {
  if (!summary) return '\u2013';
  const { mean, interval } = summary;
  return interval ? `${number(mean)} (${number(interval.low)} to ${number(interval.high)})` : number(mean);
};

const ARROWS = /** @type {Record<string, string>} */ ({ higher: '\u2191', lower: '\u2193', neither: '' });

/** @param {Report} report */
function scoreTable({ scores, maps }) {
  const names = Object.keys(scores);
  const ranked = [...maps].sort((a, b) => (b.scores['overall']?.mean ?? 0) - (a.scores['overall']?.mean ?? 0));
  return table([
    ['method', ...names.map((name) => `${scores[name]?.title} ${ARROWS[scores[name]?.better ?? '']}`), 'blank maps'],
    ...ranked.map(({ title, baseline, scores: own, blank }) => [
      baseline ? `*${title}*` : title,
      ...names.map((name) => withInterval(own[name])),
      baseline ? '' : blank,
    ]),
  ]);
}

/** @param {Ablation} ablation */
function ablationTables({ scores, sweeps }) {
  const names = Object.keys(scores);
  return sweeps.map(({ option, points }) =>
    table([
      [option, ...names.map((name) => `${scores[name]?.title} ${ARROWS[scores[name]?.better ?? '']}`), 'blank maps'],
      ...points.map(({ value, blank, scores: own }) => [value, ...names.map((name) => withInterval(own[name])), blank]),
    ]),
  );
}

/** @param {Found[]} models */
function timeTable(models) {
  const known = models.filter(({ times }) => times);
  const methods = [...new Set(known.flatMap(({ times = [] }) => times.map(({ method }) => method)))];
  return table([
    ['method', ...known.flatMap(({ title }) => [`${title}: passes`, 'milliseconds', 'fastest to slowest'])],
    ...methods.map((method) => [
      method,
      ...known.flatMap(({ times = [] }) => {
        const time = times.find((one) => one.method === method);
        if (!time) return ['\u2013', '\u2013', '\u2013'];
        const digits = time.milliseconds < 100 ? 1 : 0;
        const range = `${number(time.fastest, digits)} to ${number(time.slowest, digits)}`;
        return [time.passes, number(time.milliseconds, digits), range];
      }),
    ]),
  ]);
}

/** @param {Report} report */
function pointingTables({ maps }) {
  const names = (maps[0]?.categories?.categories ?? []).map(({ category }) => category);
  const accuracy = (/** @type {MapSummary} */ { categories }, /** @type {string} */ name) =>
    categories?.categories.find(({ category }) => category === name);
  return [
    table([
      ['method', 'pointing game, mean of categories \u2191', 'of all pairs \u2191', 'energy on objects \u2191'],
      ...maps.map((map) => [
        map.baseline ? `*${map.title}*` : map.title,
        map.categories ? number(map.categories.mean) : '\u2013',
        withInterval(map.scores['pointing']),
        withInterval(map.scores['energy']),
      ]),
    ]),
    table([
      ['category', 'images', ...maps.map(({ title }) => title)],
      ...names.map((name) => [
        name,
        (maps[0] && accuracy(maps[0], name)?.total) ?? 0,
        ...maps.map((map) => number(accuracy(map, name)?.accuracy ?? Number.NaN, 2)),
      ]),
    ]),
  ];
}

/**
 * The experiments that the page still lacks, by model.
 *
 * @param {Found[]} models
 */
function missing(models) {
  const lines = models.flatMap(({ title, table1, all, ablation, times, table4, sanity }) => {
    const parts = { 'table 1': table1, 'table 1 of all methods': all, 'table 2 and figure 5': ablation };
    const names = Object.entries({ ...parts, 'table 3': times, 'table 4': table4, 'the sanity check': sanity })
      .filter(([, found]) => !found)
      .map(([name]) => name);
    return names.length > 0 ? [`- ${title}: ${names.join(', ')}`] : [];
  });
  return lines.length > 0 ? [`**Not yet measured** (the same command goes on):\n\n${lines.join('\n')}`] : [];
}

/**
 * @param {Found[]} models
 * @param {string} machine
 */
export function page(models, machine) {
  /** @type {(title: string, body: (model: Found) => (string | undefined)[]) => string[]} */
  const section = (title, body) => {
    const parts = models.flatMap((model) => {
      const lines = body(model).flatMap((line) => line ?? []);
      return lines.length > 0 ? [`### ${model.title}`, ...lines] : [];
    });
    return parts.length > 0 ? [`## ${title}`, ...parts] : [];
  };
  const counted = (/** @type {Report} */ { items, layer }) => `${items} images, layer \`${layer}\`.`;
  return [
    INTRODUCTION,
    ...missing(models),
    '## Results',
    ...models.map((model) => [`### ${model.title}`, ...claims(model)].join('\n\n')),
    ...section('Table 1: deletion and insertion', ({ table1 }) => [
      table1 && counted(table1),
      table1 && scoreTable(table1),
    ]),
    ...section('Table 1, all methods, on fewer images', ({ all }) => [all && counted(all), all && scoreTable(all)]),
    ...section('Table 2 and figure 5: theta and G', ({ title, figure, ablation }) => [
      ablation && `${ablation.sweeps[0]?.points[0]?.images} images; the other option is set as in the paper.`,
      ablation && `![Scores of Group-CAM on ${title} by theta and by the number of groups](${figure})`,
      ...(ablation ? ablationTables(ablation) : []),
    ]),
    ...(models.some(({ times }) => times)
      ? [
          '## Table 3: running time',
          `Measured on ${machine}. Each figure is the median of three runs. A run explains an image that the engine has not seen, from the picture's bytes to the final map.`,
          timeTable(models),
        ]
      : []),
    ...section('Table 4: pointing game', ({ table4 }) => [
      table4 &&
        `${table4.items} pairs of an image and a category of ${table4.images} images. Each category is explained by the most probable of ImageNet's classes that are a kind of it (\`media/imagenet-to-coco.json\`). A map hits if its first maximum lies in a box of the category, grown by 15 pixels. A pair is left out of the scores if the centre crop, which is all that the network sees, shows no object of the category.`,
      ...(table4 ? pointingTables(table4) : []),
    ]),
    ...section('Section 4.5: sanity check', ({ sanity }) =>
      sanity
        ? [
            `The authors' example is explained for the class "${sanity.class.label}". The ${sanity.layers} layers with weights are re-randomised from the last one on, in five steps, with three seeds.`,
            ...sanity.methods.map(({ verdict }) => `- ${verdict}`),
          ]
        : [],
    ),
    '',
  ].join('\n\n');
}
