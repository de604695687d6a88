/** The theme as the painter of tiles needs it. */
import type { Look } from './draw/tiles';

/** By part of a look: variables of the theme, the first that is there. */
const COLORS = {
  text: ['--vscode-foreground'],
  faint: ['--vscode-descriptionForeground', '--vscode-foreground'],
  background: ['--vscode-editor-background'],
  empty: ['--tile-background'],
  line: ['--vscode-widget-border', '--vscode-contrastBorder'],
  wrong: ['--tile-wrong'],
  right: ['--tile-right'],
  onMark: ['--tile-on-mark'],
  focus: ['--vscode-focusBorder'],
  selected: ['--tile-selected'],
  tag: ['--vscode-badge-background', '--vscode-foreground'],
  onTag: ['--vscode-badge-foreground', '--vscode-editor-background'],
} as const satisfies Partial<Record<keyof Look, readonly string[]>>;

/** @param element whose style sheet sets the variables that VS Code has not */
export function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const colorOf = (names: readonly string[]) =>
    names.map((name) => style.getPropertyValue(name).trim()).find(Boolean) ?? style.color;
  const colors = Object.fromEntries(Object.entries(COLORS).map(([part, names]) => [part, colorOf(names)]));
  return {
    ...(colors as Record<keyof typeof COLORS, string>),
    font: style.fontFamily,
    fontSize: Math.max(Number.parseFloat(style.fontSize) - 1, 9),
  };
}

/** Calls back with each new theme: VS Code changes the variables of the document and the classes of its body. */
export function onTheme(changed: () => void): () => void {
  const themes = new MutationObserver(changed);
  themes.observe(document.body, { attributeFilter: ['class'] });
  themes.observe(document.documentElement, { attributeFilter: ['style'] });
  return () => themes.disconnect();
}
