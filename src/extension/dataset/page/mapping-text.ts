/** What *Map Class Names…* proposes. Pure. */
import type { RunInfo, VersionInfo } from '../../../protocol/dataset';

const HELP =
  'Each class of the dataset means the classes of the model that stand behind it, by label or index. Save this file to apply it.';

/**
 * A mapping file (`core/annotations/mapping.ts`) with what the categories mean to a version now. Its labels stand below, to be
 * copied from.
 */
export function mappingText(
  { categories }: Pick<RunInfo, 'categories'>,
  { name, classes, labels }: Pick<VersionInfo, 'name' | 'classes' | 'labels'>,
): string {
  const nameOf = (index: number): string | number => {
    const label = labels[index];
    // A number would be taken for an index, and a label of several classes for none.
    const isClear =
      label !== undefined && !/^\s*#?\d+\s*$/.test(label) && labels.filter((each) => each === label).length === 1;
    return isClear ? label : index;
  };
  const lines = (texts: readonly string[]) => texts.map((text) => `    ${text}`).join(',\n');
  const meant = categories.map(
    (category, i) => `${JSON.stringify(category)}: ${JSON.stringify((classes[i] ?? []).map(nameOf))}`,
  );
  const parts = [
    `  "help": ${JSON.stringify(HELP)}`,
    `  "categories": {\n${lines(meant)}\n  }`,
    ...(labels.length > 0
      ? [`  ${JSON.stringify(`classes of ${name}`)}: [\n${lines(labels.map((label) => JSON.stringify(label)))}\n  ]`]
      : []),
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}
